import { createHash } from "node:crypto";
import { constants, lstatSync, mkdirSync } from "node:fs";
import { lstat, mkdir, open, readdir, rename, unlink, utimes } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { Report } from "../diagnostics/diagnostic.ts";
import { gather } from "../image/gather.ts";
import type { KeptLayer, LayerCache } from "../image/write.ts";
import { messageOf } from "./failure.ts";
import { temporaryFile } from "./temporary-file.ts";
import type { TemporaryFile } from "./temporary-file.ts";

/**
 * The directory for what can be made again: `UNITRD_CACHE`, else `unitrd` in `XDG_CACHE_HOME` or `~/.cache` (XDG Base
 * Directory Specification). Made 0700. `undefined`, with a warning (U422), when it cannot be used or is not safe: what
 * lies there ends up in images, so nobody else may write in it.
 */
export function cacheDirectory(report: Report): string | undefined {
  const path = cachePath();
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const stat = lstatSync(path);
    const fault = directoryFault(stat);
    if (fault === undefined) return path;
    report(unusable(path, fault));
  } catch (error) {
    report(unusable(path, messageOf(error)));
  }
  return undefined;
}

function cachePath(): string {
  const own = process.env.UNITRD_CACHE;
  if (own !== undefined && isAbsolute(own)) return own;
  const shared = process.env.XDG_CACHE_HOME;
  return join(shared !== undefined && isAbsolute(shared) ? shared : join(homedir(), ".cache"), "unitrd");
}

function directoryFault(stat: {
  isDirectory(): boolean;
  readonly uid: number;
  readonly mode: number;
}): string | undefined {
  if (!stat.isDirectory()) return "it is no directory";
  if (stat.uid !== process.getuid?.()) return "it belongs to somebody else";
  if ((stat.mode & 0o022) !== 0) return "others may write in it";
  return undefined;
}

function unusable(path: string, because: string) {
  return {
    code: "U422",
    severity: "warning",
    message: `the cache ${path} is not used: ${because}`,
    hint: "name a directory of your own with UNITRD_CACHE",
    at: [],
  } as const;
}

/**
 * Keeps compressed layers in `layers` below a `cacheDirectory`, the oldest going first when they are more than `limit` bytes. An entry that is
 * not whole is taken for none. Never for secrets, which is the caller's part.
 */
export function layerCache(cache: string, limit = 2 * 1024 ** 3): LayerCache {
  const directory = join(cache, "layers");
  return {
    find: (key) => find(join(directory, fileOf(key))),
    keep: (key, pieces, unpacked) => keep(directory, fileOf(key), limit, pieces, unpacked),
  };
}

/** Small results that take a process to make again. */
export interface ResultCache {
  find(key: string): Promise<Uint8Array | undefined>;
  /** A failure to keep it is no failure. */
  keep(key: string, bytes: Uint8Array): Promise<void>;
}

/** Keeps results of one kind in a directory of that name below a `cacheDirectory`, with the rules of `layerCache`. */
export function resultCache(cache: string, kind: string, limit = 512 * 1024 ** 2): ResultCache {
  const directory = join(cache, kind);
  return {
    async find(key) {
      const kept = await find(join(directory, fileOf(key)));
      if (kept === undefined) return undefined;
      for await (const bytes of kept.pieces) return bytes;
      return undefined;
    },
    async keep(key, bytes) {
      const pieces = keep(directory, fileOf(key), limit, once(bytes), () => bytes.length);
      while ((await pieces.next()).done !== true) continue;
    },
  };
}

function fileOf(key: string): string {
  if (!/^[0-9a-f]{64}$/.test(key)) throw new Error(`not the key of a layer: ${key}`);
  return `layer-${key}`;
}

/** An entry is the layer, then a footer: `unitrd-layer 1 SHA256 UNPACKED`, padded with spaces. */
const footerLength = 128;
const footerForm = /^unitrd-layer 1 ([0-9a-f]{64}) (\d{1,15}) *\n$/;

async function find(path: string): Promise<KeptLayer | undefined> {
  // NOFOLLOW: an entry is a file of ours, never a link to somewhere else.
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const bytes = await handle.readFile();
    const length = bytes.length - footerLength;
    const footer = footerForm.exec(bytes.toString("latin1", Math.max(0, length)));
    const layer = bytes.subarray(0, Math.max(0, length));
    if (footer?.[1] === undefined || createHash("sha256").update(layer).digest("hex") !== footer[1]) {
      await unlink(path).catch(() => undefined);
      return undefined;
    }
    await touch(path);
    return { unpacked: Number(footer[2]), pieces: once(layer) };
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

/** What was used last goes last. */
async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}

async function* once(piece: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield await Promise.resolve(piece);
}

async function* keep(
  directory: string,
  name: string,
  limit: number,
  pieces: AsyncIterable<Uint8Array>,
  unpacked: () => number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const entry = await newEntry(directory, name);
  try {
    for await (const piece of gather(pieces, 256 * 1024)) {
      await entry?.add(piece);
      yield piece;
    }
    if ((await entry?.finish(unpacked())) === true) await evict(directory, limit);
  } finally {
    await entry?.discard();
  }
}

interface NewEntry {
  add(piece: Uint8Array): Promise<void>;
  /** Whether the entry is in its place. */
  finish(unpacked: number): Promise<boolean>;
  discard(): Promise<void>;
}

/** A cache that is full or read-only costs time at the next build, and nothing else. */
async function newEntry(directory: string, name: string): Promise<NewEntry | undefined> {
  let file: TemporaryFile;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    file = await temporaryFile(directory, name);
  } catch {
    return undefined;
  }
  const hash = createHash("sha256");
  let failed = false;
  const attempt = async (action: () => Promise<void>) => {
    if (failed) return;
    await action().catch(() => (failed = true));
  };
  return {
    add: (piece) =>
      attempt(async () => {
        hash.update(piece);
        await file.handle.writeFile(piece);
      }),
    async finish(unpacked) {
      await attempt(async () => {
        const footer = `unitrd-layer 1 ${hash.digest("hex")} ${unpacked}`.padEnd(footerLength - 1) + "\n";
        await file.handle.writeFile(footer, "latin1");
        await rename(file.path, join(directory, name));
        file.release();
      });
      return !failed;
    },
    discard: () => file.discard(),
  };
}

async function evict(directory: string, limit: number): Promise<void> {
  const names = (await readdir(directory)).filter((name) => /^layer-[0-9a-f]{64}$/.test(name));
  const entries = await Promise.all(
    names.map(async (name) => {
      const stat = await lstat(join(directory, name)).catch(() => undefined);
      return stat === undefined ? [] : [{ name, size: stat.size, used: stat.mtimeMs }];
    }),
  );
  const newestFirst = entries.flat().sort((a, b) => b.used - a.used);
  let total = 0;
  for (const entry of newestFirst) {
    total += entry.size;
    if (total > limit) await unlink(join(directory, entry.name)).catch(() => undefined);
  }
}
