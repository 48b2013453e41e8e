import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compileBoth } from "../compile/both.ts";
import { findings } from "../diagnostics/diagnostic.ts";
import { memoryTree } from "../sysroot/memory-tree.ts";
import type { Tree } from "../sysroot/tree.ts";
import { syntheticSysroot } from "../testing/synthetic-sysroot.ts";
import { widthOf } from "./columns.ts";
import { documentHtml } from "./html.ts";
import { stageOneDocument } from "./stage-one-document.ts";
import { stageOneDifference, type StageOneDifference } from "./stage-one-difference.ts";
import { documentText } from "./text.ts";

async function differenceOf(toml: string, sysroot: Tree = syntheticSysroot()): Promise<StageOneDifference> {
  const { report, all } = findings();
  const both = await compileBoth(
    [{ name: "machine.toml", bytes: Buffer.from(toml) }],
    {
      sysroot,
      treeBeside: () => memoryTree({}, "/declaration"),
      machine: () => memoryTree({}, "/sys"),
      template: (path) => readFileSync(new URL(`../../templates/${path}`, import.meta.url), "utf8"),
      gunzip: () => undefined,
    },
    () => Promise.reject(new Error("no module of a synthetic sysroot is compressed")),
    report,
  );
  if (both === undefined) throw new Error(JSON.stringify(all));
  return stageOneDifference({ name: "machine.toml", both, images: {} });
}

const example = readFileSync(new URL("../../examples/luks-passphrase.toml", import.meta.url), "utf8");

/** Words have a test of their own, and a table that grows. */
function shown(difference: StageOneDifference) {
  const document = stageOneDocument(difference);
  return { ...document, sections: document.sections.filter(({ title }) => !title.startsWith("Words")) };
}

test.each([80, 60])("the text of the example at %i columns is that of its golden file", async (width) => {
  const text = documentText(shown(await differenceOf(example)), { width, colour: false });
  expect(Math.max(...text.split("\n").map(widthOf))).toBeLessThanOrEqual(width);
  await expect(text).toMatchFileSnapshot(`golden/luks-passphrase-${width}.txt`);
});

test("every step says who does it on both sides", async () => {
  const { steps } = await differenceOf(example);
  expect(steps.map(({ id }) => id)).toEqual(["luks:root", "mount:/"]);
  expect(steps.map(({ systemd }) => systemd)).toMatchObject([
    { can: true, by: ["systemd-cryptsetup@root.service"], tries: "until the pass phrase is right" },
    { can: true },
  ]);
  expect(steps.map(({ scripted }) => scripted)).toMatchObject([
    { can: true, by: ["unlock_luks"], tries: "until the pass phrase is right" },
    { can: true, by: ["mount_filesystem"] },
  ]);
});

test("what a stage one cannot do stands in its column with the reason, and the other is chosen", async () => {
  const difference = await differenceOf(
    example,
    syntheticSysroot({ "/usr/bin/systemd-cryptsetup": undefined, "/usr/lib/systemd/systemd-cryptsetup": undefined }),
  );
  expect(difference.steps[0]?.systemd).toMatchObject({ can: false, because: "the sysroot has no systemd-cryptsetup" });
  expect(difference.chosen).toBe("scripted");
  expect(difference.systemd.unable).toEqual(["luks:root"]);
  expect(documentText(stageOneDocument(difference), { width: 80, colour: false })).toContain(
    "cannot: the sysroot has no",
  );
});

test("names from a declaration act neither on a terminal nor in a page", async () => {
  const mount = `[filesystems.'/srv/<img src=x onerror=alert(1)>"&']\ntype = "tmpfs"\n`;
  const difference = await differenceOf(`[filesystems."/"]\ndevice = "LABEL=<b>&x"\ntype = "ext4"\n${mount}`);
  expect(difference.steps).toHaveLength(2);
  // A declaration is not the only place that names come from: files are named by people too.
  const document = stageOneDocument({
    ...difference,
    name: "<script>alert(1)</script>\u001b[2J\u202e.toml",
    steps: difference.steps.map((step) => ({ ...step, title: `${step.title}<script>"'&\u001b]0;x\u0007` })),
  });
  const page = documentHtml(document);
  expect(page).not.toMatch(/<script|<img|<b>/);
  expect(page).toContain("&lt;img src=x onerror=alert(1)&gt;&quot;&amp;");
  for (const output of [page, documentText(document, { width: 80, colour: false })]) {
    expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
  }
});

test("the page asks for nothing from outside", async () => {
  const page = documentHtml(stageOneDocument(await differenceOf(example)));
  expect(page).not.toMatch(/https?:|url\(|@import|<link|<script| src=/);
  expect(page).toContain("default-src 'none'");
});
