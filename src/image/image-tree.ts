import type { FileType, Stat, Tree } from "../sysroot/tree.ts";
import type { CpioArchive, CpioEntry } from "./cpio-reader.ts";
import { joinPath, parentOf } from "./image-path.ts";
import { pathOrder } from "./path-order.ts";

/** What the kernel makes of an image, as a tree. */
export interface ImageTree extends Tree {
  /** Entries that leave no trace, which the kernel does not mention. */
  readonly skipped: readonly SkippedEntry[];
  ownerOf(path: string): { readonly uid: number; readonly gid: number } | undefined;
  /** Names of one file share a number; `undefined` where nothing is. */
  inodeOf(path: string): number | undefined;
}

export interface SkippedEntry {
  readonly name: string;
  readonly because: string;
}

/**
 * Unpacks archives as the kernel does (init/initramfs.c), in memory: what comes later replaces what came earlier, but a
 * directory stays with what is in it; a file is written through its hard links, and links on the way are followed.
 */
export function imageTree(name: string, archives: readonly CpioArchive[]): ImageTree {
  const unpacked = unpacking();
  for (const archive of archives) {
    unpacked.beginArchive();
    for (const entry of archive.entries) unpacked.apply(entry);
  }
  const { nodes, skipped } = unpacked;
  const names = childNames(nodes);

  return {
    name,
    skipped,
    lstat: (path) => {
      const node = nodes.get(path);
      return node === undefined ? undefined : statOf(node);
    },
    readlink: (path) => {
      const node = nodes.get(path);
      if (node?.type !== "symlink") throw new Error(`${name}: ${path} is not a link`);
      return targetOf(node);
    },
    list: (path) => names.get(path) ?? [],
    readAt: (path, offset, length) => {
      const node = nodes.get(path);
      if (node?.type !== "file") throw new Error(`${name}: ${path} is not a regular file`);
      return node.data.subarray(offset, offset + length);
    },
    ownerOf: (path) => {
      const node = nodes.get(path);
      return node === undefined ? undefined : { uid: node.uid, gid: node.gid };
    },
    inodeOf: (path) => nodes.get(path)?.number,
  };
}

interface Node {
  readonly number: number;
  readonly type: FileType;
  mode: number;
  uid: number;
  gid: number;
  data: Uint8Array;
  readonly device: { readonly major: number; readonly minor: number };
}

interface Unpacking {
  readonly nodes: ReadonlyMap<string, Node>;
  readonly skipped: readonly SkippedEntry[];
  /** Hard links never reach into another archive. */
  beginArchive(): void;
  apply(entry: CpioEntry): void;
}

function unpacking(): Unpacking {
  const root: Node = { number: 0, type: "directory", mode: 0o755, uid: 0, gid: 0, data: empty, device: noDevice };
  const nodes = new Map<string, Node>([["/", root]]);
  const children = new Map<string, number>();
  const skipped: SkippedEntry[] = [];
  let linked = new Map<string, Node>();

  function put(path: string, node: Node): void {
    if (!nodes.has(path)) children.set(parentOf(path), (children.get(parentOf(path)) ?? 0) + 1);
    nodes.set(path, node);
  }

  /** Makes room as clean_path() does; false when a directory that is not empty stands there. */
  function clear(path: string): boolean {
    const node = nodes.get(path);
    if (node === undefined) return true;
    if (path === "/" || (node.type === "directory" && (children.get(path) ?? 0) > 0)) return false;
    nodes.delete(path);
    children.set(parentOf(path), (children.get(parentOf(path)) ?? 1) - 1);
    return true;
  }

  function apply(entry: CpioEntry): void {
    const skip = (because: string) => skipped.push({ name: entry.name, because });
    const type = fileType(entry.mode);
    if (type === undefined) return void skip("it is of no type that there is");
    const directory = followPath(nodes, directoryOf(entry.name));
    if (directory === undefined) return void skip("its directory is not in the image");
    const last = lastOf(entry.name);
    const path =
      last === "" || last === "." ? directory : last === ".." ? parentOf(directory) : joinPath(directory, last);

    const there = nodes.get(path);
    const stays = there?.type === type && type !== "symlink";
    if (!stays && !clear(path)) return void skip("a directory that is not empty stands in its place");
    const node = nodeFor(entry, type, path, stays ? there : undefined);
    node.mode = entry.mode & 0o7777;
    node.uid = entry.uid;
    node.gid = entry.gid;
    put(path, node);
  }

  /** The node to write to: one that has another name already, the one that is there, or a new one. */
  function nodeFor(entry: CpioEntry, type: FileType, path: string, there: Node | undefined): Node {
    const key = `${entry.on} ${entry.ino} ${type}`;
    const mayBeLinked = entry.nlink >= 2 && type !== "directory" && type !== "symlink";
    const twin = mayBeLinked ? linked.get(key) : undefined;
    if (twin !== undefined) {
      if (there !== undefined && there !== twin) clear(path);
      if (entry.data.length > 0) twin.data = entry.data;
      return twin;
    }
    const node = there ?? newNode(entry, type);
    if (type === "file") node.data = entry.data;
    if (mayBeLinked) linked.set(key, node);
    return node;
  }

  let number = 0;
  function newNode(entry: CpioEntry, type: FileType): Node {
    number++;
    const isDevice = type === "character" || type === "block";
    const data = type === "file" || type === "symlink" ? entry.data : empty;
    return { number, type, mode: 0, uid: 0, gid: 0, data, device: isDevice ? entry.device : noDevice };
  }

  return { nodes, skipped, apply, beginArchive: () => (linked = new Map()) };
}

const empty = new Uint8Array(0);
const noDevice = { major: 0, minor: 0 };

/** Where a directory really is; `undefined` when it is not there, is none, or its links lead in a circle. */
function followPath(nodes: ReadonlyMap<string, Node>, directory: string): string | undefined {
  const known = nodes.get(directory);
  if (known?.type === "directory") return directory;
  const rest = directory.split("/").reverse();
  let at = "/";
  let links = 0;
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    if (name === "" || name === ".") continue;
    if (name === "..") {
      at = parentOf(at);
      continue;
    }
    const node = nodes.get(joinPath(at, name));
    if (node?.type === "directory") at = joinPath(at, name);
    else if (node?.type === "symlink" && ++links <= 40) {
      const target = targetOf(node);
      if (target.startsWith("/")) at = "/";
      rest.push(...target.split("/").reverse());
    } else return undefined;
  }
  return at;
}

/** Names in an archive are relative to the root, with or without `/` or `./` before them. */
function directoryOf(name: string): string {
  const trimmed = name.replace(/\/+$/, "");
  const cut = trimmed.slice(0, Math.max(0, trimmed.lastIndexOf("/"))).replace(/^(\.?\/+)+/, "");
  return cut === "." || cut === "" ? "/" : `/${cut}`;
}

function lastOf(name: string): string {
  const trimmed = name.replace(/\/+$/, "");
  return trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

/** The file types of inode(7). */
function fileType(mode: number): FileType | undefined {
  return fileTypes[(mode & 0o170000) >>> 12];
}

const fileTypes: Readonly<Record<number, FileType>> = {
  0o10: "file",
  0o04: "directory",
  0o12: "symlink",
  0o02: "character",
  0o06: "block",
  0o01: "fifo",
  0o14: "socket",
};

function statOf(node: Node): Stat {
  const stat = { type: node.type, mode: node.mode, size: node.data.length };
  return node.type === "character" || node.type === "block" ? { ...stat, device: node.device } : stat;
}

/** The kernel takes the target up to the first NUL. */
function targetOf(node: Node): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(node.data).split("\0")[0] ?? "";
}

function childNames(nodes: ReadonlyMap<string, Node>): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const path of nodes.keys()) {
    if (path === "/") continue;
    const siblings = names.get(parentOf(path));
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (siblings === undefined) names.set(parentOf(path), [name]);
    else siblings.push(name);
  }
  for (const siblings of names.values()) siblings.sort(pathOrder);
  return names;
}
