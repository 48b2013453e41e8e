import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findings } from "../diagnostics/diagnostic.ts";
import { renderDiagnostics } from "../diagnostics/render.ts";
import { extract } from "../host/extract.ts";
import { runProgram } from "../host/processes.ts";
import { readImage } from "../host/read-image.ts";
import { extractPlan } from "../image/inspect.ts";
import { build, type BuildResult } from "./build.ts";

const directory = fileURLToPath(new URL("../../examples", import.meta.url));
const examples = readdirSync(directory).filter((name) => name.endsWith(".toml"));

const trees = [
  { suite: "bookworm", variable: "UNITRD_TREE_BOOKWORM", tree: process.env["UNITRD_TREE_BOOKWORM"] },
  { suite: "trixie", variable: "UNITRD_TREE_TRIXIE", tree: process.env["UNITRD_TREE_TRIXIE"] },
];

for (const { suite, variable, tree } of trees) {
  describe.skipIf(tree === undefined)(`the examples, built from ${suite} (${variable})`, () => {
    let work = "";
    const results = new Map<string, BuildResult>();

    beforeAll(async () => {
      work = mkdtempSync(join(tmpdir(), "unitrd-examples-"));
      for (const name of examples) {
        const output = join(work, `${name}.img`);
        results.set(name, await build({ declaration: [join(directory, name)], sysroot: tree ?? "", output }));
      }
    }, 120_000);
    afterAll(() => rmSync(work, { recursive: true, force: true }), 60_000);

    it.each(examples)("%s builds, and nothing is said against it", (name) => {
      const result = results.get(name);
      const sources = (file: string): string | undefined => result?.sources.get(file);
      const against = (result?.diagnostics ?? []).filter(({ severity }) => severity !== "hint");
      expect(renderDiagnostics(against, { sources, colour: false })).toBe("");
      expect(result?.image?.size).toBeGreaterThan(1024 * 1024);
    });

    // Both suites are held against the same files: only the place of a program differs.
    it.each(examples)("the units of %s are those of its golden file", async (name) => {
      const units = unitsOf(results.get(name)).replaceAll(
        "/usr/bin/systemd-cryptsetup",
        "/usr/lib/systemd/systemd-cryptsetup",
      );
      await expect(units).toMatchFileSnapshot(`golden/${name.replace(".toml", ".units")}`);
    });

    // A newer systemd knows keys that an older one complains about.
    it.skipIf(suite === "trixie")(
      "systemd-analyze has nothing to say against their units",
      { timeout: 60_000 },
      async () => {
        for (const name of examples) expect([name, await verified(results.get(name), work, name)]).toEqual([name, ""]);
      },
    );
  });
}

/** What unitrd wrote for systemd, a file after the other, each behind its path. */
function unitsOf(result: BuildResult | undefined): string {
  const files = [...(result?.compiled?.manifest.entries ?? [])].flatMap((entry) => {
    if (entry.layer !== "config" || !/^\/(etc|usr\/lib)\/systemd\//.test(entry.path)) return [];
    if (entry.type === "symlink") return [`# ${entry.path} -> ${entry.target}\n`];
    if (entry.type !== "file" || entry.content.is !== "bytes") return [];
    return [`# ${entry.path}\n${new TextDecoder().decode(entry.content.bytes)}`];
  });
  return files.join("\n");
}

/** What systemd-analyze(1) says of all units of the image that unitrd or the declaration wrote. */
async function verified(result: BuildResult | undefined, work: string, name: string): Promise<string> {
  const found = findings();
  const image = await readImage(result?.image?.path ?? "", found.report);
  if (image === undefined) return renderDiagnostics(found.all, { sources: () => undefined, colour: false });
  const root = join(work, `${name}.tree`);
  await extract(image.tree, extractPlan(image.tree), root, () => undefined);
  const units = (result?.compiled?.stage.units ?? []).map(({ unit }) => unit.name);
  const { stderr, stdout } = await runProgram(
    "env",
    ["SYSTEMD_IN_INITRD=1", "systemd-analyze", "verify", "--man=no", `--root=${root}`, ...units],
    { seconds: 30 },
  );
  return stderr + Buffer.from(stdout).toString("utf8");
}
