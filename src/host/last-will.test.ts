import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lastWill } from "./last-will.ts";

describe("a last will", () => {
  const home = mkdtempSync(join(tmpdir(), "unitrd-last-will-"));
  const script = join(home, "testator.mjs");

  beforeAll(() =>
    build({
      stdin: {
        contents: `
          import { lastWill } from "./last-will.ts";
          const will = lastWill(...process.argv.slice(3));
          if (process.argv[2] === "revoke") await will.revoke();
          process.stdout.write("made");
          if (process.argv[2] !== "end") setInterval(() => undefined, 1000);`,
        resolveDir: import.meta.dirname,
      },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: script,
      logLevel: "error",
    }),
  );
  afterAll(() => rmSync(home, { recursive: true }));

  function plant(): readonly string[] {
    const names = ["a directory", "-f", 'a "file"\n'].map((name) => join(home, name));
    mkdirSync(join(names[0] ?? "", "below"), { recursive: true });
    for (const name of names.slice(1)) writeFileSync(name, "");
    return names;
  }

  test.each(["SIGKILL", "SIGTERM"] as const)("is carried out after %s, to the whole process group", async (signal) => {
    const paths = plant();
    const child = spawn(process.execPath, [script, "wait", ...paths], {
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    expect(paths.filter((path) => existsSync(path))).toEqual(paths);
    process.kill(-(child.pid ?? 0), signal);
    await expect.poll(() => readdirSync(home), { timeout: 10_000 }).toEqual(["testator.mjs"]);
  });

  test("keeps no process alive that has nothing else to do", async () => {
    const paths = plant();
    const child = spawn(process.execPath, [script, "end", ...paths], { stdio: ["ignore", "pipe", "inherit"] });
    const [status] = (await once(child, "exit")) as [unknown];
    expect(status).toBe(0);
    await expect.poll(() => readdirSync(home), { timeout: 10_000 }).toEqual(["testator.mjs"]);
  });

  test("is void once it is revoked", async () => {
    const paths = plant();
    const child = spawn(process.execPath, [script, "revoke", ...paths], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    // What a will that is carried out does, it does before this one has begun.
    await lastWill().revoke();
    expect(paths.filter((path) => existsSync(path))).toEqual(paths);
    for (const path of paths) rmSync(path, { recursive: true });
  });
});
