import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
} from "node:fs";
import { byteOrder } from "../sysroot/byte-order.ts";
import type { FileType, Stat, Tree } from "../sysroot/tree.ts";

/** A tree over a directory of this machine. It holds file descriptors: close it. */
export interface DirectoryTree extends Tree {
  /** What `list` and `readlink` met and could not tell: names and targets that are not UTF-8, escaped (`/caf\xe9`). */
  readonly problems: readonly UnreadableName[];
  /** What tells a file from itself after a change; undefined when it is not there. */
  stamp(path: string): FileStamp | undefined;
  close(): void;
}

export interface FileStamp {
  /** Device, inode, size, and times in nanoseconds; without spaces. */
  readonly text: string;
  /** When the file or what is known of it changed last: ctime, in milliseconds since 1970. */
  readonly changed: number;
}

export interface UnreadableName {
  /** The directory that holds the name, or the link whose target it is. */
  readonly path: string;
  /** The bytes, with everything but printable ASCII as `\xNN`. */
  readonly name: string;
}

/** Thrown when a file that is there cannot be looked at: no permission, or a failing disk. */
export class UnreadableFile extends Error {
  readonly path: string;
  /** As in errno(3): `EACCES`, `EIO`. */
  readonly code: string;

  constructor(tree: string, path: string, code: string) {
    super(`${tree}: cannot read ${path} (${code})`);
    this.name = "UnreadableFile";
    this.path = path;
    this.code = code;
  }
}

/**
 * The tree below a directory; `root` itself may be a link. Answers are cached, so the directory should not change
 * while it is read. If it does, even by someone who means harm, nothing outside of it is read: each name is looked up
 * through a descriptor of its parent (openat(2) by way of /proc/self/fd), and no link is ever followed.
 *
 * Throws when `root` is no directory, and as `UnreadableFile` says.
 */
export function directoryTree(root: string): DirectoryTree {
  const top = openSync(root, O_PATH | constants.O_DIRECTORY);
  const directories = descriptors(48);
  const files = descriptors(16);
  const stats = new Map<string, Stat | undefined>();
  const targets = new Map<string, string>();
  const problems: UnreadableName[] = [];

  const lstat = (path: string): Stat | undefined => {
    const known = stats.get(path);
    if (known !== undefined || stats.has(path)) return known;
    const stat = look(path);
    stats.set(path, stat);
    return stat;
  };

  const look = (path: string): Stat | undefined => {
    if (path === "/") return statOf(fstatSync(top));
    if (!canonical.test(path)) return undefined;
    const name = handle(path);
    if (name === undefined) return undefined;
    const found = unlessAbsent(path, () => lstatSync(name, { throwIfNoEntry: false }));
    return found === undefined ? undefined : statOf(found);
  };

  /** A name for system calls that leads to `path` past no link. */
  const handle = (path: string): string | undefined => {
    const slash = path.lastIndexOf("/");
    const parent = directory(path.slice(0, slash) || "/");
    return parent === undefined ? undefined : `/proc/self/fd/${parent}/${path.slice(slash + 1)}`;
  };

  const directory = (path: string): number | undefined => {
    if (path === "/") return top;
    if (lstat(path)?.type !== "directory") return undefined;
    return directories.get(path, () => {
      const name = handle(path);
      if (name === undefined) return undefined;
      return unlessAbsent(path, () => openSync(name, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW));
    });
  };

  const file = (path: string): number | undefined => {
    if (lstat(path)?.type !== "file") return undefined;
    return files.get(path, () => {
      const name = handle(path);
      if (name === undefined) return undefined;
      // Without O_NONBLOCK a fifo that has taken the file's place would stop us here.
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
      const opened = unlessAbsent(path, () => openSync(name, flags));
      if (opened === undefined || fstatSync(opened).isFile()) return opened;
      closeSync(opened);
      return undefined;
    });
  };

  const unlessAbsent = <T>(path: string, call: () => T): T | undefined => {
    try {
      return call();
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) throw error;
      if (absent.has(code)) return undefined;
      throw new UnreadableFile(root, path, code);
    }
  };

  const legible = (path: string, text: string, raw: () => Buffer): boolean => {
    if (!text.includes("\ufffd")) return true;
    const bytes = raw();
    if (bytes.equals(Buffer.from(text))) return true;
    const name = escaped(bytes);
    if (!problems.some((problem) => problem.path === path && problem.name === name)) problems.push({ path, name });
    return false;
  };

  return {
    name: root,
    problems,
    lstat,
    readlink: (path) => {
      const known = targets.get(path);
      if (known !== undefined) return known;
      const name = lstat(path)?.type === "symlink" ? handle(path) : undefined;
      const target = name === undefined ? undefined : unlessAbsent(path, () => readlinkSync(name));
      if (name === undefined || target === undefined) throw new Error(`${root}: ${path} is not a link`);
      legible(path, target, () => readlinkSync(name, { encoding: "buffer" }));
      targets.set(path, target);
      return target;
    },
    list: (path) => {
      const opened = directory(path);
      if (opened === undefined) return [];
      const name = `/proc/self/fd/${opened}`;
      const names = unlessAbsent(path, () => readdirSync(name)) ?? [];
      if (!names.some((entry) => entry.includes("\ufffd"))) return names.sort(byteOrder);
      return readdirSync(name, { encoding: "buffer" })
        .filter((entry) => legible(path, entry.toString(), () => entry))
        .map((entry) => entry.toString())
        .sort(byteOrder);
    },
    readAt: (path, offset, length) => {
      const opened = file(path);
      if (opened === undefined) throw new Error(`${root}: ${path} is not a regular file`);
      // A caller may have the length from a lying header: never make room for more than there is.
      const size = Math.max(0, Math.min(length, (lstat(path)?.size ?? 0) - offset));
      const bytes = Buffer.allocUnsafe(size);
      let filled = 0;
      while (filled < size) {
        const count = unlessAbsent(path, () => readSync(opened, bytes, filled, size - filled, offset + filled)) ?? 0;
        if (count === 0) break;
        filled += count;
      }
      return bytes.subarray(0, filled);
    },
    stamp: (path) => {
      const name = lstat(path)?.type === "file" ? handle(path) : undefined;
      const stats =
        name === undefined
          ? undefined
          : unlessAbsent(path, () => lstatSync(name, { bigint: true, throwIfNoEntry: false }));
      if (stats === undefined) return undefined;
      const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs } = stats;
      return { text: [dev, ino, size, mtimeNs, ctimeNs].join(":"), changed: Number(ctimeMs) };
    },
    close: () => {
      directories.close();
      files.close();
      closeSync(top);
    },
  };
}

/** Not in node:fs: the descriptor stands for a place in the tree and needs no permission to read it; see open(2). */
const O_PATH = 0o10000000;

const canonical = /^(\/(?!\.{1,2}(\/|$))[^/\0]+)+$/;

/** Also what a link in the place of a directory or file is met with. */
const absent: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG"]);

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

interface Descriptors {
  get(path: string, open: () => number | undefined): number | undefined;
  close(): void;
}

/** Keeps the `most` recently used descriptors open. */
function descriptors(most: number): Descriptors {
  const open = new Map<string, number>();
  return {
    get: (path, opener) => {
      const kept = open.get(path);
      const descriptor = kept ?? opener();
      if (descriptor === undefined) return undefined;
      open.delete(path);
      open.set(path, descriptor);
      for (const [oldest, unused] of open) {
        if (open.size <= most) break;
        open.delete(oldest);
        closeSync(unused);
      }
      return descriptor;
    },
    close: () => {
      for (const descriptor of open.values()) closeSync(descriptor);
      open.clear();
    },
  };
}

function statOf(stats: Stats): Stat {
  const type = typeOf(stats);
  const stat = { type, mode: stats.mode & 0o7777, size: stats.size };
  if (type !== "character" && type !== "block") return stat;
  return { ...stat, device: { major: majorOf(stats.rdev), minor: minorOf(stats.rdev) } };
}

function typeOf(stats: Stats): FileType {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isCharacterDevice()) return "character";
  if (stats.isBlockDevice()) return "block";
  return stats.isFIFO() ? "fifo" : "socket";
}

/** As gnu_dev_major(3) for the low 32 bits, which is all the kernel uses. */
function majorOf(device: number): number {
  return (device >>> 8) & 0xfff;
}

function minorOf(device: number): number {
  return (device & 0xff) | ((device >>> 12) & 0xfff00);
}

function escaped(bytes: Buffer): string {
  const escape = (byte: number): string => `\\x${byte.toString(16).padStart(2, "0")}`;
  return [...bytes]
    .map((byte) => (byte < 0x20 || byte > 0x7e || byte === 0x5c ? escape(byte) : String.fromCharCode(byte)))
    .join("");
}
