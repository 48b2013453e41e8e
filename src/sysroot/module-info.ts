import type { Origin, Report } from "../diagnostics/diagnostic.ts";
import type { Kernel } from "./kernel.ts";
import type { ModuleFile } from "./module-bytes.ts";
import { normalizeName } from "./module-name.ts";
import { nearestName } from "./module-suggestion.ts";

/** What a module says about itself, as modinfo(8) prints it. */
export interface ModuleInfo {
  /** Below `/usr/lib/firmware`; may hold `*`. */
  readonly firmware: readonly string[];
  /** Names. */
  readonly parameters: readonly string[];
}

/** A module's ELF file, unpacked. */
export interface ReadableModule {
  /** Bytes. */
  readonly size: number;
  readAt(offset: number, length: number): Uint8Array;
}

/** Reads the section `.modinfo` of a module. undefined when the file is no ELF file or is damaged. */
export function moduleInfo(file: ReadableModule): ModuleInfo | undefined {
  const section = readSection(file, ".modinfo");
  if (section === undefined) return undefined;
  const records = latin1(section).split("\0");
  const valuesOf = (key: string): string[] =>
    records.filter((record) => record.startsWith(`${key}=`)).map((record) => record.slice(key.length + 1));
  return {
    firmware: [...new Set(valuesOf("firmware"))],
    parameters: parameterNames([...valuesOf("parm"), ...valuesOf("parmtype")]),
  };
}

/** Of `NAME:description`. */
function parameterNames(values: readonly string[]): readonly string[] {
  return [...new Set(values.map((value) => value.split(":", 1)[0] ?? ""))].filter((name) => name !== "");
}

/** The parameters of a module, be it one of the image's or built into the kernel; undefined when it is neither. */
export function moduleParameters(
  kernel: Kernel,
  files: readonly ModuleFile[],
  name: string,
): readonly string[] | undefined {
  const wanted = normalizeName(name);
  const file = files.find(({ module }) => module.name === wanted);
  if (file !== undefined) return moduleInfo(file)?.parameters;
  const { paths, parameters } = kernel.builtins();
  if (!paths.has(wanted) && !parameters.has(wanted)) return undefined;
  return parameterNames(parameters.get(wanted) ?? []);
}

/**
 * Checks the words of `options NAME …` (modprobe.d(5)) against the parameters that the module has. Reports U365 for an
 * unknown one: the kernel would log it and go on without.
 */
export function checkModuleOptions(
  module: string,
  options: readonly string[],
  parameters: readonly string[],
  report: Report,
  origin?: Origin,
): void {
  // Any module takes these: Documentation/admin-guide/dynamic-debug-howto.rst, and async_probe of kernel/module/main.c.
  const known = new Set([...parameters, "dyndbg", "async_probe"].map(normalizeName));
  for (const option of options) {
    const name = option.split("=", 1)[0] ?? "";
    if (name === "" || known.has(normalizeName(name))) continue;
    const near = nearestName(name, parameters);
    report({
      code: "U365",
      severity: "warning",
      message: `the module ${module} has no parameter ${JSON.stringify(name)}`,
      hint:
        near !== undefined
          ? `did you mean ${near}?`
          : parameters.length === 0
            ? "it has none at all"
            : `it has ${[...parameters].sort().join(", ")}`,
      at: origin === undefined ? [] : [origin],
    });
  }
}

/** More than any module has; beyond is a lie. */
const limits = { sections: 65_536, names: 1024 * 1024, section: 1024 * 1024 };

/** A section's bytes by name: elf(5). Nothing is trusted; whatever lies outside of the file is undefined. */
function readSection(file: ReadableModule, wanted: string): Uint8Array | undefined {
  const bytes = (offset: number, length: number): DataView | undefined => {
    if (!(offset >= 0 && length >= 0 && offset + length <= file.size)) return undefined;
    const read = file.readAt(offset, length);
    return read.length === length ? new DataView(read.buffer, read.byteOffset, length) : undefined;
  };
  const header = bytes(0, 64);
  if (header?.getUint32(0) !== 0x7f454c46) return undefined;
  const wide = header.getUint8(4) === 2;
  const little = header.getUint8(5) === 1;
  const word = (view: DataView, offset: number): number =>
    wide ? Number(view.getBigUint64(offset, little)) : view.getUint32(offset, little);

  const entry = wide ? 64 : 40;
  const count = header.getUint16(wide ? 60 : 48, little);
  const namesIndex = header.getUint16(wide ? 62 : 50, little);
  if (header.getUint16(wide ? 58 : 46, little) !== entry || count > limits.sections || namesIndex >= count)
    return undefined;
  const table = bytes(word(header, wide ? 40 : 32), count * entry);
  if (table === undefined) return undefined;
  const extent = (index: number, most: number): DataView | undefined => {
    const at = index * entry;
    const size = word(table, at + (wide ? 32 : 20));
    return size > most ? undefined : bytes(word(table, at + (wide ? 24 : 16)), size);
  };

  const names = extent(namesIndex, limits.names);
  if (names === undefined) return undefined;
  const text = latin1(new Uint8Array(names.buffer, names.byteOffset, names.byteLength));
  for (let index = 0; index < count; index += 1) {
    const start = table.getUint32(index * entry, little);
    if (text.slice(start, start + wanted.length + 1) !== `${wanted}\0`) continue;
    const found = extent(index, limits.section);
    return found === undefined ? undefined : new Uint8Array(found.buffer, found.byteOffset, found.byteLength);
  }
  return undefined;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}
