import type { Origin, Report } from "../diagnostics/diagnostic.ts";
import { parseKernelConfig } from "./kernel-config.ts";
import type { KernelConfig } from "./kernel-config.ts";
import { versionOrder } from "./kernel-version.ts";
import { aliasTable, aliasText } from "./module-aliases.ts";
import type { AliasTable } from "./module-aliases.ts";
import { parseBuiltins } from "./module-builtins.ts";
import type { Builtins } from "./module-builtins.ts";
import { parseDependencies } from "./module-dependencies.ts";
import type { Dependencies } from "./module-dependencies.ts";
import { parseSoftdeps, parseWeakdeps } from "./module-softdeps.ts";
import type { SoftDependency, WeakDependency } from "./module-softdeps.ts";
import { resolve } from "./resolve.ts";
import type { Tree } from "./tree.ts";

/** One kernel of a tree and what depmod(8) found out about its modules; each file is read when it is first asked for. */
export interface Kernel {
  /** `6.1.0-56-amd64`, as uname(2) calls it. */
  readonly version: string;
  readonly tree: Tree;
  /** `/usr/lib/modules/VERSION` of the tree, with links followed. */
  readonly directory: string;
  /** The bootable image: `/boot/vmlinuz-VERSION`, or `vmlinuz` beside the modules; links followed. */
  image(): string | undefined;
  /** undefined when the tree has no `config-VERSION`. */
  config(): KernelConfig | undefined;
  dependencies(): Dependencies;
  /** Of modules, not of what is built in. */
  aliases(): AliasTable;
  /** Symbols that modules export, as `symbol:NAME` aliases. */
  symbols(): AliasTable;
  softdeps(): readonly SoftDependency[];
  weakdeps(): readonly WeakDependency[];
  builtins(): Builtins;
  builtinAliases(): AliasTable;
  /** The text of a file of `directory`, a character a byte; empty when there is none. */
  text(name: string): string;
}

/**
 * Opens the kernel `version` of a tree, or its newest. Reports U350 when there is none at all, U351 when the wanted one
 * is not there, U352 when depmod has not been run on it, U353 when its `modules.dep` is damaged.
 */
export function openKernel(
  tree: Tree,
  version: string | undefined,
  report: Report,
  origin?: Origin,
): Kernel | undefined {
  const at = origin === undefined ? [] : [origin];
  const all = kernels(tree);
  const newest = all.at(-1);
  if (newest === undefined) {
    report({
      code: "U350",
      severity: "error",
      message: `${tree.name} has no kernel: there is no directory in /usr/lib/modules`,
      hint: "install a kernel package into the sysroot",
      at,
    });
    return undefined;
  }
  const wanted = version ?? newest;
  const directory = all.includes(wanted) ? kernelDirectory(tree, wanted) : undefined;
  if (directory === undefined) {
    report({
      code: "U351",
      severity: "error",
      message: `${tree.name} has no kernel ${JSON.stringify(wanted)}`,
      hint: `it has ${all.join(", ")}`,
      at,
    });
    return undefined;
  }
  const kernel = kernelIn(tree, wanted, directory);
  if (fileIn(tree, directory, "modules.dep") === undefined) {
    report({
      code: "U352",
      severity: "error",
      message: `the kernel ${wanted} has no modules.dep`,
      hint: `run: depmod --basedir ${tree.name} ${wanted}`,
      at,
    });
    return undefined;
  }
  const [broken] = kernel.dependencies().broken;
  if (broken !== undefined) {
    report({
      code: "U353",
      severity: "error",
      message: `modules.dep of the kernel ${wanted} has a line that depmod does not write: ${JSON.stringify(broken.slice(0, 80))}`,
      hint: `run: depmod --basedir ${tree.name} ${wanted}`,
      at,
    });
    return undefined;
  }
  return kernel;
}

/** The kernels whose modules the tree has, oldest first. */
export function kernels(tree: Tree): readonly string[] {
  const versions = new Set<string>();
  for (const parent of modulesParents) {
    const found = resolve(tree, parent);
    if (!found.found) continue;
    for (const name of tree.list(found.path)) {
      if (!versions.has(name) && looksLikeKernel(tree, `${found.path}/${name}`)) versions.add(name);
    }
  }
  return [...versions].sort(versionOrder);
}

/** Merged or not: without the link /lib → usr/lib a tree may have kernels in both. */
const modulesParents = ["/usr/lib/modules", "/lib/modules"];

/** A removed kernel may leave a directory with nothing but a link to its headers. */
function looksLikeKernel(tree: Tree, path: string): boolean {
  const directory = resolve(tree, path);
  if (!directory.found || directory.stat.type !== "directory") return false;
  return tree.list(directory.path).some((name) => name === "kernel" || name.startsWith("modules."));
}

function kernelDirectory(tree: Tree, version: string): string | undefined {
  for (const parent of modulesParents) {
    const path = `${parent}/${version}`;
    const found = resolve(tree, path);
    if (found.found && looksLikeKernel(tree, path)) return found.path;
  }
  return undefined;
}

function kernelIn(tree: Tree, version: string, directory: string): Kernel {
  const text = (name: string): string => {
    const path = fileIn(tree, directory, name);
    return path === undefined ? "" : readText(tree, path);
  };
  const builtins = once(() => parseBuiltins(text("modules.builtin"), text("modules.builtin.modinfo")));
  return {
    version,
    tree,
    directory,
    image: once(() =>
      firstFile(tree, [`/boot/vmlinuz-${version}`, `${directory}/vmlinuz`, `/boot/vmlinux-${version}`]),
    ),
    config: once(() => {
      const path = firstFile(tree, [`/boot/config-${version}`, `${directory}/config`]);
      return path === undefined ? undefined : parseKernelConfig(readText(tree, path));
    }),
    dependencies: once(() => parseDependencies(text("modules.dep"))),
    aliases: once(() => aliasTable(text("modules.alias"))),
    symbols: once(() => aliasTable(text("modules.symbols"))),
    softdeps: once(() => parseSoftdeps(text("modules.softdep"))),
    weakdeps: once(() => parseWeakdeps(text("modules.weakdep"))),
    builtins,
    builtinAliases: once(() => aliasTable(aliasText(builtins().aliases))),
    text,
  };
}

function fileIn(tree: Tree, directory: string, name: string): string | undefined {
  return firstFile(tree, [`${directory}/${name}`]);
}

/** The first of these that is a regular file, with links followed. */
export function firstFile(tree: Tree, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    // Almost always it is there and no link: one look instead of one for every directory above.
    if (tree.lstat(path)?.type === "file") return path;
    const found = resolve(tree, path);
    if (found.found && found.stat.type === "file") return found.path;
  }
  return undefined;
}

/** A character a byte, so that what is written again are the same bytes. */
function readText(tree: Tree, path: string): string {
  const bytes = tree.readAt(path, 0, tree.lstat(path)?.size ?? 0);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
