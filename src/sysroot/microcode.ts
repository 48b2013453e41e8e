import type { Entry } from "../image/manifest.ts";
import type { Why } from "../diagnostics/reason.ts";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { HostCpu } from "./host-report.ts";
import { firstFile } from "./kernel.ts";
import { resolve } from "./resolve.ts";
import type { Tree } from "./tree.ts";

/** Whose microcode an image has: that of one processor, or of every one that the sysroot has any for. */
export interface MicrocodeWant {
  readonly cpu: HostCpu | "all";
  readonly why: Why;
}

/**
 * The files from which the kernel loads microcode before it runs anything else
 * (Documentation/arch/x86/microcode.rst): all updates of a maker in one file, at the very beginning of the image,
 * uncompressed. Reports U861 when the sysroot has none for the processor, U862 for a damaged file.
 */
export function microcodeEntries(sysroot: Tree, { cpu, why }: MicrocodeWant, report: Report): readonly Entry[] {
  const entries = makers.flatMap((maker): Entry[] => {
    if (cpu !== "all" && cpu.vendor !== maker.vendor) return [];
    const updates = directories(sysroot, maker.directory).flatMap((directory) =>
      sysroot
        .list(directory)
        .filter((name) => maker.isWanted(name, cpu))
        .flatMap((name) => readUpdate(sysroot, `${directory}/${name}`, maker, report)),
    );
    if (updates.length === 0) return [];
    const bytes = Buffer.concat(updates);
    const content = { is: "bytes", bytes } as const;
    const path = `/kernel/x86/microcode/${maker.file}`;
    const reasons: Why = [...why, { what: `microcode of ${maker.name} processors` }];
    return [{ type: "file", path, mode: 0o644, content, layer: "early", uid: 0, gid: 0, why: [reasons] }];
  });
  const mayHaveNone =
    cpu !== "all" &&
    makers.some(({ vendor, directory }) => vendor === cpu.vendor && directories(sysroot, directory).length > 0);
  if (entries.length === 0) report(nothingFound(sysroot, cpu, why, mayHaveNone));
  return entries;
}

interface Maker {
  readonly name: string;
  readonly vendor: number;
  readonly directory: string;
  readonly file: string;
  isWanted(name: string, cpu: HostCpu | "all"): boolean;
  /** The end of a sentence about damage; undefined when there is none. */
  fault(bytes: DataView): string | undefined;
}

const makers: readonly Maker[] = [
  {
    name: "Intel",
    vendor: 0,
    directory: "intel-ucode",
    file: "GenuineIntel.bin",
    isWanted: (name, cpu) => {
      const [, family, model] = /^([0-9a-f]{2})-([0-9a-f]{2})-[0-9a-f]{2}$/.exec(name) ?? [];
      if (family === undefined || model === undefined) return false;
      return cpu === "all" || (Number.parseInt(family, 16) === cpu.family && Number.parseInt(model, 16) === cpu.model);
    },
    fault: intelFault,
  },
  {
    name: "AMD",
    vendor: 2,
    directory: "amd-ucode",
    file: "AuthenticAMD.bin",
    // One file a family since 15h; before it one for all.
    isWanted: (name, cpu) => {
      const family = /^microcode_amd(?:_fam([0-9a-f]{2})h)?\.bin$/.exec(name);
      if (family === null) return false;
      const from = family[1] === undefined ? undefined : Number.parseInt(family[1], 16);
      return cpu === "all" || (from === undefined ? cpu.family < 0x15 : from === cpu.family);
    },
    fault: amdFault,
  },
];

function directories(sysroot: Tree, name: string): readonly string[] {
  const found = resolve(sysroot, `/usr/lib/firmware/${name}`);
  const other = found.found ? found : resolve(sysroot, `/lib/firmware/${name}`);
  return other.found && other.stat.type === "directory" ? [other.path] : [];
}

/** More than all updates of a maker together. */
const largest = 64 * 1024 * 1024;

function readUpdate(sysroot: Tree, named: string, maker: Maker, report: Report): readonly Uint8Array[] {
  const path = firstFile(sysroot, [named]);
  const size = path === undefined ? 0 : (sysroot.lstat(path)?.size ?? 0);
  if (path === undefined) return [];
  const bytes = sysroot.readAt(path, 0, Math.min(size, largest));
  const fault = maker.fault(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
  if (fault === undefined) return [bytes];
  report({
    code: "U862",
    severity: "error",
    message: `${named} is no microcode of ${maker.name} processors: ${fault}`,
    hint: `install the package ${packages[maker.vendor] ?? "that holds it"} again`,
    at: [],
  });
  return [];
}

const packages: Readonly<Record<number, string>> = { 0: "intel-microcode", 2: "amd64-microcode" };

/** Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3A, 11.11: updates one after the other. */
function intelFault(view: DataView): string | undefined {
  if (view.byteLength === 0) return "it is empty";
  for (let at = 0; at < view.byteLength;) {
    if (view.byteLength - at < 48) return "it ends within a header";
    if (view.getUint32(at, true) !== 1 || view.getUint32(at + 20, true) !== 1)
      return "a header is of an unknown version";
    const data = view.getUint32(at + 28, true);
    const total = data === 0 ? 2048 : view.getUint32(at + 32, true);
    if (total < 48 || total % 4 !== 0 || at + total > view.byteLength) return "an update is longer than the file";
    let sum = 0;
    for (let word = at; word < at + total; word += 4) sum = (sum + view.getUint32(word, true)) >>> 0;
    if (sum !== 0) return "the sum of an update is wrong";
    at += total;
  }
  return undefined;
}

/** arch/x86/kernel/cpu/microcode/amd.c: a container is a magic number, a table of processors, and patches. */
function amdFault(view: DataView): string | undefined {
  if (view.byteLength < 12) return "it ends within a header";
  if (view.getUint32(0, true) !== 0x00414d44) return "it does not begin as a container";
  if (view.getUint32(4, true) !== 0) return "it has no table of processors";
  for (let at = 4; at < view.byteLength;) {
    if (view.byteLength - at < 8) return "it ends within a section";
    // Containers may follow each other in one file.
    if (view.getUint32(at, true) === 0x00414d44) {
      at += 4;
      continue;
    }
    const length = view.getUint32(at + 4, true);
    if (view.getUint32(at, true) > 1) return "a section is of an unknown kind";
    if (at + 8 + length > view.byteLength) return "a section is longer than the file";
    at += 8 + length;
  }
  return undefined;
}

/** A processor may need no update; but a sysroot without the package has forgotten it. */
function nothingFound(sysroot: Tree, cpu: HostCpu | "all", why: Why, mayHaveNone: boolean) {
  const origin = why.find((reason) => reason.origin !== undefined)?.origin;
  const whose = cpu === "all" ? "any processor" : `a processor of family ${cpu.family}, model ${cpu.model}`;
  const named = cpu === "all" ? undefined : packages[cpu.vendor];
  return {
    code: "U861",
    severity: mayHaveNone ? "warning" : "error",
    message: `${sysroot.name} has no microcode for ${whose}`,
    hint: `install ${named ?? "intel-microcode or amd64-microcode"} into the sysroot (on Debian in non-free-firmware), or set microcode = false`,
    at: origin === undefined ? [] : [origin],
  } as const;
}
