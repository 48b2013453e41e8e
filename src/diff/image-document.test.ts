import { expect, test } from "vitest";
import { memoryTree, type MemoryFile } from "../sysroot/memory-tree.ts";
import { documentOf, isDifferent } from "./difference.ts";
import { documentHtml } from "./html.ts";
import type { ComparedImage } from "./image-facts.ts";
import { imageDifference } from "./image-difference.ts";
import { documentText } from "./text.ts";

const before: Readonly<Record<string, MemoryFile>> = {
  "/init": { symlink: "usr/lib/systemd/systemd" },
  "/etc/hostname": "old\n",
  "/etc/key": { content: "a secret", mode: 0o600 },
  "/usr/lib/systemd/system/sysroot.mount": "[Mount]\n  What=/dev/vda1\nWhere=/sysroot\n",
  "/usr/lib/modules/6.1.0-1/kernel/ext4.ko": "ext4",
  "/usr/bin/old": "\u007fELF old",
};
const after: Readonly<Record<string, MemoryFile>> = {
  "/init": { symlink: "usr/lib/systemd/systemd" },
  "/etc/hostname": "new\n",
  "/etc/key": { content: "another!", mode: 0o600 },
  "/usr/lib/systemd/system/sysroot.mount": "[Mount]\n  What=/dev/vdb1\nWhere=/sysroot\n",
  "/usr/lib/modules/6.1.0-2/kernel/ext4.ko": "ext4!",
  "/usr/bin/new": "\u007fELF the new one",
};

function image(files: Readonly<Record<string, MemoryFile>>, length = 2048): ComparedImage {
  return { size: length, parts: [{ compression: "zstd", length, unpacked: 4096 }], tree: memoryTree(files) };
}

const difference = imageDifference(["old.img", "new.img"], image(before), image(after, 3000));

test("the text of two images is that of its golden file", async () => {
  const text = documentText(documentOf(difference), { width: 80, colour: false });
  await expect(text).toMatchFileSnapshot("golden/images.txt");
});

test("an image has no difference from itself, and says so", () => {
  const same = imageDifference(["a", "b"], image(before), image(before));
  expect(isDifferent(same)).toBe(false);
  expect(documentText(documentOf(same), { width: 80, colour: false })).toBe("a → b\nNo difference.\n");
});

test("another compression of the same files is a difference", () => {
  expect(isDifferent(imageDifference(["a", "b"], image(before), image(before, 2000)))).toBe(true);
});

test("secrets appear in no output", () => {
  const document = documentOf(difference);
  const outputs = [
    documentText(document, { width: 80, colour: true }),
    documentHtml(document),
    JSON.stringify(difference),
  ];
  for (const output of outputs) expect(output).not.toMatch(/a secret|another!/);
});
