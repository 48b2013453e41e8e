import { createHash } from "node:crypto";
import { resultCache } from "./cache.ts";
import type { DirectoryTree } from "./directory-tree.ts";

/** SHA-256 digests of a tree's files, in hexadecimal. */
export interface KnownDigests {
  of(path: string, size: number): string;
  /** Keeps what was found for the next build. */
  save(): Promise<void>;
}

/**
 * The digests of files, read only when they are not known below a `cacheDirectory`, as git(1) does with its index: a
 * file that is the same inode with the same size and times to the nanosecond is the same file. The time of the last
 * change (ctime) is the kernel's own and cannot be set, unlike that of the modification.
 */
export async function knownDigests(tree: DirectoryTree, cache: string): Promise<KnownDigests> {
  const kept = resultCache(cache, "digests");
  const key = createHash("sha256").update(`digests 1 ${tree.name}`).digest("hex");
  const known = parse(await kept.find(key));
  let isNew = false;
  return {
    of(path, size) {
      const stamp = tree.stamp(path);
      const before = stamp === undefined ? undefined : known.get(stamp.text);
      if (before !== undefined) return before;
      const digest = createHash("sha256")
        .update(tree.readAt(path, 0, size))
        .digest("hex");
      if (stamp !== undefined && isSettled(stamp.changed)) {
        known.set(stamp.text, digest);
        isNew = true;
      }
      return digest;
    },
    async save() {
      if (!isNew) return;
      const lines = [...known].slice(-most).map(([stamp, digest]) => `${stamp} ${digest}\n`);
      await kept.keep(key, Buffer.from(lines.join("")));
    },
  };
}

/** Files that one sysroot gives to several declarations, a few times over. */
const most = 20_000;

/** What changes twice within a tick of the clock has the same time both times. */
function isSettled(changedMilliseconds: number): boolean {
  return Date.now() - changedMilliseconds > 2000;
}

function parse(bytes: Uint8Array | undefined): Map<string, string> {
  const text = bytes === undefined ? "" : Buffer.from(bytes).toString("latin1");
  return new Map(
    text.split("\n").flatMap((line) => {
      const [stamp, digest] = line.split(" ");
      return stamp === undefined || digest === undefined ? [] : [[stamp, digest]];
    }),
  );
}
