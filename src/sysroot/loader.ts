import type { Elf } from "./elf.ts";
import { machineOf, type Machine } from "./machine.ts";
import { resolve } from "./resolve.ts";
import type { Tree } from "./tree.ts";

/** The dynamic loader of a program, as far as it decides where libraries are found. */
export interface Loader {
  readonly libc: "glibc" | "musl";
  /** What it searches when nothing else says where, in this order. */
  readonly directories: readonly string[];
  readonly machine: Machine | undefined;
}

/**
 * The loader that a program names as its `interpreter`; when that is unknown, the usual one for objects like `elf`.
 *
 * Each distribution compiles its own directories into glibc's loader, and nothing else tells them: they are found in
 * its read-only data (`system_dirs` of elf/dl-load.c), and guessed only where that fails.
 */
export function loaderOf(tree: Tree, interpreter: string | undefined, elf: Elf): Loader {
  const machine = machineOf(elf);
  const named = interpreter ?? machine?.interpreter ?? "";
  const arch = /\/ld-musl-([^/]+)\.so\.1$/.exec(named)?.[1];
  if (arch !== undefined) return { libc: "musl", directories: muslDirectories(tree, arch), machine };
  return { libc: "glibc", directories: compiledDirectories(tree, named) ?? usualDirectories(elf, machine), machine };
}

function compiledDirectories(tree: Tree, interpreter: string): readonly string[] | undefined {
  const found = resolve(tree, interpreter);
  if (!found.found || found.stat.type !== "file" || found.stat.size > mostBytes) return undefined;
  const data = Buffer.from(tree.readAt(found.path, 0, found.stat.size)).toString("latin1");
  const list = /(?<=\0)(?:\/[\w.+@/-]{1,255}\/\0){2,16}/.exec(data)?.[0];
  const directories = list?.split("\0").filter((directory) => directory !== "");
  return directories?.every((directory) => directory.includes("/lib"))
    ? directories.map((directory) => directory.slice(0, -1))
    : undefined;
}

/** Loaders have 200 KB; this also holds debug information. */
const mostBytes = 8 * 1024 * 1024;

function usualDirectories(elf: Elf, machine: Machine | undefined): readonly string[] {
  const multiarch = machine === undefined ? [] : [`/lib/${machine.multiarch}`, `/usr/lib/${machine.multiarch}`];
  return [...multiarch, ...(elf.bits === 64 ? ["/lib64", "/usr/lib64"] : []), "/lib", "/usr/lib"];
}

/** As musl's ldso/dynlink.c: the file holds paths between colons or newlines, and replaces the default. */
function muslDirectories(tree: Tree, arch: string): readonly string[] {
  const found = resolve(tree, `/etc/ld-musl-${arch}.path`);
  if (!found.found || found.stat.type !== "file") return ["/lib", "/usr/local/lib", "/usr/lib"];
  const text = Buffer.from(tree.readAt(found.path, 0, 64 * 1024)).toString();
  return text.split(/[:\n]/).filter((directory) => directory.startsWith("/"));
}
