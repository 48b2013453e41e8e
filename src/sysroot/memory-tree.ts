import { byteOrder } from "./byte-order.ts";
import type { FileType, Stat, Tree } from "./tree.ts";

/** What stands at a path of a `memoryTree`. */
export type MemoryFile =
  | string
  | Uint8Array
  | { readonly content: string | Uint8Array; readonly mode?: number }
  | { readonly symlink: string }
  | { readonly directory: true; readonly mode?: number }
  | {
      readonly special: "character" | "block";
      readonly major: number;
      readonly minor: number;
      readonly mode?: number;
    }
  | { readonly special: "fifo" | "socket"; readonly mode?: number };

/**
 * A tree from a literal, for tests: `memoryTree({ "/usr/bin/sh": "#!", "/bin": { symlink: "usr/bin" } })`.
 *
 * Parent directories are made (0755). Text and bytes are files of mode 0644, or 0755 when they begin with `#!` or
 * the ELF magic. Throws when a path is not absolute and canonical, or lies below something that is no directory.
 */
export function memoryTree(files: Readonly<Record<string, MemoryFile>>, name = "memory"): Tree {
  const nodes = new Map<string, Node>([["/", directory(0o755)]]);
  for (const [path, file] of Object.entries(files)) plant(nodes, path, nodeOf(file));
  const names = new Map<string, string[]>();
  for (const path of nodes.keys()) {
    if (path === "/") continue;
    const siblings = names.get(parentOf(path));
    if (siblings === undefined) names.set(parentOf(path), [path.slice(path.lastIndexOf("/") + 1)]);
    else siblings.push(path.slice(path.lastIndexOf("/") + 1));
  }
  for (const siblings of names.values()) siblings.sort(byteOrder);

  return {
    name,
    lstat: (path) => nodes.get(path)?.stat,
    readlink: (path) => {
      const target = nodes.get(path)?.target;
      if (target === undefined) throw new Error(`${name}: ${path} is not a link`);
      return target;
    },
    list: (path) => names.get(path) ?? [],
    readAt: (path, offset, length) => {
      const content = nodes.get(path)?.content;
      if (content === undefined) throw new Error(`${name}: ${path} is not a regular file`);
      return content.slice(offset, offset + length);
    },
  };
}

interface Node {
  readonly stat: Stat;
  readonly target?: string;
  readonly content?: Uint8Array;
}

function plant(nodes: Map<string, Node>, path: string, node: Node): void {
  if (path === "/" && node.stat.type === "directory") {
    nodes.set(path, node);
    return;
  }
  if (!/^(\/(?!\.{1,2}(\/|$))[^/]+)+$/.test(path)) throw new Error(`not an absolute, canonical path: ${path}`);
  const parent = parentOf(path);
  if (!nodes.has(parent)) plant(nodes, parent, directory(0o755));
  if (nodes.get(parent)?.stat.type !== "directory") throw new Error(`${path} lies below ${parent}, no directory`);
  const before = nodes.get(path);
  if (before !== undefined && before.stat.type !== node.stat.type) {
    throw new Error(`${path} is a ${before.stat.type} already`);
  }
  nodes.set(path, node);
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

function nodeOf(file: MemoryFile): Node {
  if (typeof file === "string" || file instanceof Uint8Array) return regular(file);
  if ("symlink" in file) {
    return {
      stat: { type: "symlink", mode: 0o777, size: Buffer.byteLength(file.symlink) },
      target: file.symlink,
    };
  }
  if ("directory" in file) return directory(file.mode ?? 0o755);
  if ("content" in file) return regular(file.content, file.mode);
  return special(file);
}

function regular(content: string | Uint8Array, mode?: number): Node {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return {
    stat: { type: "file", mode: mode ?? (isProgram(bytes) ? 0o755 : 0o644), size: bytes.length },
    content: bytes,
  };
}

function isProgram(bytes: Uint8Array): boolean {
  return /^(#!|\x7fELF)/.test(Buffer.from(bytes.subarray(0, 4)).toString("latin1"));
}

function directory(mode: number): Node {
  return { stat: { type: "directory", mode, size: 0 } };
}

function special(file: Extract<MemoryFile, { special: FileType }>): Node {
  const stat = { type: file.special, mode: file.mode ?? 0o600, size: 0 };
  return { stat: "major" in file ? { ...stat, device: { major: file.major, minor: file.minor } } : stat };
}
