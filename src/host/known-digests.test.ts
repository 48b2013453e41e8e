import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { directoryTree } from "./directory-tree.ts";
import { knownDigests } from "./known-digests.ts";

let root: string;
let cache: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "unitrd-tree-"));
  cache = mkdtempSync(join(tmpdir(), "unitrd-cache-"));
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(root, { recursive: true });
  rmSync(cache, { recursive: true });
});

/** The digest of /file, and whether it had to be read for it. */
async function digest(): Promise<readonly [digest: string, reads: number]> {
  const tree = directoryTree(root);
  try {
    const readAt = vi.spyOn(tree, "readAt");
    const digests = await knownDigests(tree, cache);
    const found = digests.of("/file", tree.lstat("/file")?.size ?? 0);
    await digests.save();
    return [found, readAt.mock.calls.length];
  } finally {
    tree.close();
  }
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("the digest of a file", () => {
  it("is known the next time without reading the file", async () => {
    writeFileSync(join(root, "file"), "one");
    expect(await digest()).toEqual([sha256("one"), 1]);
    expect(await digest()).toEqual([sha256("one"), 0]);
  });

  it("is that of the content, though size and time of modification say nothing has changed", async () => {
    const path = join(root, "file");
    writeFileSync(path, "one");
    utimesSync(path, 1, 1);
    await digest();
    writeFileSync(path, "two");
    utimesSync(path, 1, 1);
    expect(await digest()).toEqual([sha256("two"), 1]);
  });

  it("is not trusted for a file that changed a moment ago, and may do so again within the clock's tick", async () => {
    vi.useRealTimers();
    writeFileSync(join(root, "file"), "one");
    await digest();
    expect(await digest()).toEqual([sha256("one"), 1]);
  });
});
