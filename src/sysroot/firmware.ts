import type { Report } from "../diagnostics/diagnostic.ts";
import type { Why } from "../diagnostics/reason.ts";
import type { Entry } from "../image/manifest.ts";
import { firstFile } from "./kernel.ts";
import type { Kernel } from "./kernel.ts";
import type { Decompress, ModuleFile } from "./module-bytes.ts";
import { moduleInfo } from "./module-info.ts";
import type { ModuleCompression } from "./module-name.ts";
import { moduleCompression } from "./module-name.ts";
import { matchesPattern } from "./module-pattern.ts";
import { resolve } from "./resolve.ts";
import type { Tree } from "./tree.ts";

/** Firmware somebody asks for, relative to `/usr/lib/firmware`; `*` as in a shell. */
export interface FirmwareWant {
  readonly path: string;
  /** Modules name more than any machine needs: no error when it is not there. */
  readonly optional: boolean;
  /** The module that names it, when one does. */
  readonly module?: string;
  readonly why: Why;
}

export interface Firmware {
  readonly entries: readonly Entry[];
  /** What the modules name and the tree does not have, sorted. */
  readonly missing: readonly string[];
}

/** What modules say they may load: `firmware=` in their `.modinfo`. */
export function moduleFirmware(files: readonly ModuleFile[]): readonly FirmwareWant[] {
  return files.flatMap((file) => {
    const [why = []] = file.module.why;
    return (moduleInfo(file)?.firmware ?? []).map((path) => ({
      path,
      optional: true,
      module: file.module.name,
      why: [...why, { what: `firmware of ${file.module.name}` }],
    }));
  });
}

/**
 * Finds firmware where the kernel would, `updates` and the kernel's version first
 * (Documentation/driver-api/firmware/fw_search_path.rst). What is compressed stays so if the kernel can unpack it
 * (`CONFIG_FW_LOADER_COMPRESS_XZ` and `_ZSTD`), else it is unpacked here. Links in the tree become files.
 *
 * Reports U366 for wanted firmware that is not there, U361 and U362 as `moduleFiles` does.
 */
export async function firmwareFiles(
  kernel: Kernel,
  wants: readonly FirmwareWant[],
  decompress: Decompress,
  report: Report,
): Promise<Firmware> {
  const { tree } = kernel;
  const found = new Map<string, Found>();
  const missing = new Set<string>();
  for (const want of wants) {
    const files = search(tree, kernel.version, want.path);
    for (const file of files) {
      const known = found.get(file.image);
      if (known === undefined) found.set(file.image, { ...file, why: [want.why] });
      else known.why.push(want.why);
    }
    if (files.length > 0) continue;
    missing.add(want.path);
    if (!want.optional) report(absent(tree, want));
  }

  const entries: Entry[] = [];
  for (const file of found.values()) {
    const entry = await entryOf(kernel, file, decompress, report);
    if (entry !== undefined) entries.push(entry);
  }
  return { entries, missing: [...missing].sort() };
}

interface FirmwareFile {
  /** Where the image has it, with the suffix of its compression. */
  readonly image: string;
  /** In the tree, links followed. */
  readonly path: string;
}

interface Found extends FirmwareFile {
  readonly why: Why[];
}

const suffixes = ["", ".xz", ".zst"];

function search(tree: Tree, version: string, wanted: string): readonly FirmwareFile[] {
  if (wanted.split("/").some((part) => part === "" || part === "." || part === "..")) return [];
  const roots = [`updates/${version}/`, "updates/", `${version}/`, ""].flatMap((below) =>
    firmwareParents.map((parent) => ({ parent, below })),
  );
  if (/[*?[]/.test(wanted)) return glob(tree, roots, wanted);
  for (const { parent, below } of roots) {
    for (const suffix of suffixes) {
      const path = firstFile(tree, [`${parent}/${below}${wanted}${suffix}`]);
      if (path !== undefined) return [{ image: `${firmwareParents[0]}/${below}${wanted}${suffix}`, path }];
    }
  }
  return [];
}

const firmwareParents = ["/usr/lib/firmware", "/lib/firmware"] as const;

function glob(
  tree: Tree,
  roots: readonly { readonly parent: string; readonly below: string }[],
  pattern: string,
): readonly FirmwareFile[] {
  const parts = pattern.split("/");
  const files = new Map<string, FirmwareFile>();
  for (const { parent, below } of roots) {
    for (const relative of expand(tree, `${parent}/${below}`.replace(/\/$/, ""), parts)) {
      const path = firstFile(tree, [`${parent}/${below}${relative}`]);
      const image = `${firmwareParents[0]}/${below}${relative}`;
      // What lies in a directory that the kernel searches earlier hides the same name in a later one.
      const name = withoutSuffix(relative);
      if (path !== undefined && !files.has(name)) files.set(name, { image, path });
    }
  }
  return [...files.values()];
}

/** Names below `directory` that match the parts of a pattern; the last part also with a suffix of compression. */
function expand(tree: Tree, directory: string, parts: readonly string[]): readonly string[] {
  const [part, ...rest] = parts;
  const here = resolve(tree, directory);
  if (part === undefined || !here.found || here.stat.type !== "directory") return [];
  const names = tree.list(here.path);
  if (rest.length === 0) {
    return names.filter((name) =>
      suffixes.some((suffix) => name.endsWith(suffix) && matchesPattern(part + suffix, name)),
    );
  }
  return names
    .filter((name) => matchesPattern(part, name))
    .flatMap((name) => expand(tree, `${here.path}/${name}`, rest).map((below) => `${name}/${below}`));
}

async function entryOf(
  kernel: Kernel,
  file: Found,
  decompress: Decompress,
  report: Report,
): Promise<Entry | undefined> {
  const { tree } = kernel;
  const common = { layer: "kernel", uid: 0, gid: 0, type: "file", mode: 0o644, why: file.why } as const;
  const size = tree.lstat(file.path)?.size ?? 0;
  // The name in the image says how it is compressed, a link's target may be called anything.
  const kind = moduleCompression(file.image);
  if (kind === "none" || kind === "gzip" || kernelUnpacks(kernel, kind)) {
    return { ...common, path: file.image, content: { is: "sysroot", path: file.path, size } };
  }
  const result = await decompress(kind, [tree.readAt(file.path, 0, size)]);
  if (result.is === "unpacked") {
    const [bytes] = result.files;
    return bytes && { ...common, path: withoutSuffix(file.image), content: { is: "bytes", bytes } };
  }
  if (result.is === "no-program") {
    report({
      code: "U361",
      severity: "error",
      message: `the firmware ${file.path} is compressed with ${kind}, which the kernel ${kernel.version} cannot unpack, and the program ${result.program} is not installed on this machine`,
      hint: `sudo apt-get install ${result.package}`,
      at: [],
    });
  } else {
    report({
      code: "U362",
      severity: "error",
      message: `${file.path} cannot be unpacked: ${result.what}`,
      hint: "install the firmware's package again",
      at: [],
    });
  }
  return undefined;
}

/** Before 5.19 there was one option, and it meant xz. */
function kernelUnpacks(kernel: Kernel, kind: Exclude<ModuleCompression, "none" | "gzip">): boolean {
  const config = kernel.config();
  if (config?.get("CONFIG_FW_LOADER_COMPRESS") !== "y") return false;
  const option = config.get(`CONFIG_FW_LOADER_COMPRESS_${kind.toUpperCase()}`);
  const old = !config.has("CONFIG_FW_LOADER_COMPRESS_XZ") && !config.has("CONFIG_FW_LOADER_COMPRESS_ZSTD");
  return option === "y" || (old && kind === "xz");
}

function withoutSuffix(path: string): string {
  return path.replace(/\.(xz|zst)$/, "");
}

function absent(tree: Tree, want: FirmwareWant) {
  const origin = want.why.find((reason) => reason.origin !== undefined)?.origin;
  return {
    code: "U366",
    severity: "error",
    message: `${tree.name} has no firmware ${JSON.stringify(want.path)}`,
    hint: "install the package that holds it into the sysroot; it was looked for below /usr/lib/firmware",
    at: origin === undefined ? [] : [origin],
  } as const;
}
