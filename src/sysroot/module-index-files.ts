import type { Kernel } from "./kernel.ts";
import type { ModuleAlias } from "./module-aliases.ts";
import type { ClosureModule } from "./module-closure.ts";
import { writeIndex } from "./module-index.ts";
import type { IndexEntries } from "./module-index.ts";
import { normalizeName, withoutCompression } from "./module-name.ts";

/** A file of `/usr/lib/modules/VERSION`. */
export interface IndexFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * What depmod(8) would write into a directory that holds exactly these modules, uncompressed: the `modules.*` that
 * libkmod, systemd-udevd and kmod-static-nodes read. libkmod maps its five indexes only if all of them are there.
 */
export function moduleIndexFiles(kernel: Kernel, modules: readonly ClosureModule[]): readonly IndexFile[] {
  const priorities = new Map(modules.map((module, index) => [module.name, index]));
  const names = new Set(priorities.keys());
  const included = (module: string): boolean => names.has(module);
  const priority = (module: string): number => priorities.get(module) ?? 0;
  const builtins = kernel.builtins();

  const dependencies = dependencyLines(kernel, modules);
  const aliases = kernel.aliases().of(names);
  const symbols = kernel.symbols().of(names);
  const entriesOf = (list: readonly ModuleAlias[]): IndexEntries =>
    list.map(({ pattern, module }) => [
      normalizeName(pattern),
      { priority: priority(normalizeName(module)), value: module },
    ]);
  // Of equal priorities the one that was entered last comes first, and depmod enters in the order of the file.
  const fixed = (keys: readonly (readonly [string, string])[]): IndexEntries =>
    keys.map(([key, value]) => [key, { priority: 0, value }] as const).reverse();

  return [
    text(
      "modules.dep",
      dependencies.map(({ line }) => line),
    ),
    index(
      "modules.dep.bin",
      dependencies.map(({ name, line }) => [name, { priority: priority(name), value: line }]),
    ),
    text("modules.alias", ["# Aliases extracted from modules themselves.", ...aliases.map(aliasLine)]),
    index("modules.alias.bin", entriesOf(aliases)),
    text("modules.symbols", ["# Aliases for symbols, used by symbol_request().", ...symbols.map(aliasLine)]),
    index("modules.symbols.bin", entriesOf(symbols)),
    ...kept(kernel, "modules.softdep", (words) => words[0] === "softdep" && included(normalizeName(words[1] ?? ""))),
    ...kept(kernel, "modules.weakdep", (words) => words[0] === "weakdep" && included(normalizeName(words[1] ?? ""))),
    ...kept(kernel, "modules.devname", (words) => included(normalizeName(words[0] ?? ""))),
    text(
      "modules.order",
      modules.map(({ path }) => imagePath(path)),
    ),
    { name: "modules.builtin", bytes: latin1(kernel.text("modules.builtin")) },
    index("modules.builtin.bin", fixed([...builtins.paths.keys()].map((name) => [name, ""]))),
    { name: "modules.builtin.modinfo", bytes: latin1(kernel.text("modules.builtin.modinfo")) },
    index(
      "modules.builtin.alias.bin",
      fixed(builtins.aliases.map(({ pattern, module }) => [normalizeName(pattern), module])),
    ),
  ];
}

/** Where a module lies below `/usr/lib/modules/VERSION` of the image. */
export function imagePath(path: string): string {
  const plain = withoutCompression(path);
  return plain.startsWith("/") ? `extra${plain.slice(plain.lastIndexOf("/"))}` : plain;
}

function dependencyLines(kernel: Kernel, modules: readonly ClosureModule[]) {
  const all = kernel.dependencies().modules;
  const paths = new Map(modules.map(({ name, path }) => [name, imagePath(path)]));
  return modules.map(({ name, path }) => {
    const needs = (all.get(name)?.needs ?? []).flatMap((need) => paths.get(need) ?? []);
    return { name, line: [`${imagePath(path)}:`, ...needs].join(" ") };
  });
}

/** The lines of one of the kernel's files that are about these modules; no file without such lines. */
function kept(kernel: Kernel, name: string, wanted: (words: readonly string[]) => boolean): readonly IndexFile[] {
  const lines = kernel
    .text(name)
    .split("\n")
    .filter((line) => line.startsWith("#") || wanted(line.split(/\s+/)));
  // A file that is not empty makes kmod-static-nodes.service run.
  return lines.every((line) => line.startsWith("#")) ? [] : [text(name, lines)];
}

function aliasLine({ pattern, module }: ModuleAlias): string {
  return `alias ${pattern} ${module}`;
}

function text(name: string, lines: readonly string[]): IndexFile {
  return { name, bytes: latin1(lines.map((line) => `${line}\n`).join("")) };
}

/** libkmod's indexes are of seven bits: a key that is not cannot be looked up, and depmod leaves it out too. */
function index(name: string, entries: IndexEntries): IndexFile {
  return { name, bytes: writeIndex(entries.filter(([key]) => sevenBit.test(key))) };
}

const sevenBit = /^[\x01-\x7f]+$/;

function latin1(value: string): Uint8Array {
  return Buffer.from(value, "latin1");
}
