import type { Report } from "../diagnostics/diagnostic.ts";
import type { Content } from "../image/manifest.ts";
import { firstFile } from "./kernel.ts";
import type { Kernel } from "./kernel.ts";
import type { ClosureModule } from "./module-closure.ts";
import { moduleCompression } from "./module-name.ts";
import type { ModuleCompression } from "./module-name.ts";

export type UnpackedFiles =
  | { readonly is: "unpacked"; readonly files: readonly Uint8Array[] }
  /** The program that unpacks these is not installed on this machine. */
  | { readonly is: "no-program"; readonly program: string; readonly package: string }
  /** The file at `index` is damaged. */
  | { readonly is: "damaged"; readonly index: number; readonly what: string };

/** Unpacks files of one kind, all at once since each process costs more than a module. The world's work: src/host. */
export type Decompress = (
  kind: Exclude<ModuleCompression, "none">,
  files: readonly Uint8Array[],
) => Promise<UnpackedFiles>;

/** A module's ELF file as it will lie in the image, not compressed; a signature at its end stays. */
export interface ModuleFile {
  readonly module: ClosureModule;
  /** In the tree, links followed. */
  readonly path: string;
  /** Bytes, unpacked. */
  readonly size: number;
  readonly content: Content;
  readAt(offset: number, length: number): Uint8Array;
}

/**
 * Finds the files of modules and unpacks those that are compressed; others are not read. Reports U360 for a file that
 * is not there, U361 when the program that unpacks is missing, U362 for a damaged file; such modules are left out.
 */
export async function moduleFiles(
  kernel: Kernel,
  modules: readonly ClosureModule[],
  decompress: Decompress,
  report: Report,
): Promise<readonly ModuleFile[]> {
  const { tree } = kernel;
  const files: (ModuleFile | undefined)[] = [];
  const packed = new Map<Exclude<ModuleCompression, "none">, Packed[]>();

  for (const [slot, module] of modules.entries()) {
    const path = modulePath(kernel, module);
    if (path === undefined) {
      report({
        code: "U360",
        severity: "error",
        message: `the kernel ${kernel.version} lists the module ${module.name}, but ${module.path} is not there`,
        hint: `install the kernel's package again, or run: depmod --basedir ${tree.name} ${kernel.version}`,
        at: originsOf(module),
      });
      continue;
    }
    const size = tree.lstat(path)?.size ?? 0;
    const kind = moduleCompression(path);
    if (kind === "none") {
      const content = { is: "sysroot", path, size } as const;
      files[slot] = { module, path, size, content, readAt: (offset, length) => tree.readAt(path, offset, length) };
    } else {
      const batch = packed.get(kind) ?? [];
      packed.set(kind, batch);
      batch.push({ slot, module, path, bytes: tree.readAt(path, 0, size) });
    }
  }

  for (const [kind, batch] of packed) {
    for (const { one, bytes } of await unpack(kernel, kind, batch, decompress, report)) {
      files[one.slot] = {
        module: one.module,
        path: one.path,
        size: bytes.length,
        content: { is: "bytes", bytes },
        readAt: (offset, length) => bytes.subarray(offset, offset + length),
      };
    }
  }
  return files.filter((file) => file !== undefined);
}

interface Packed {
  readonly slot: number;
  readonly module: ClosureModule;
  readonly path: string;
  readonly bytes: Uint8Array;
}

async function unpack(
  kernel: Kernel,
  kind: Exclude<ModuleCompression, "none">,
  batch: readonly Packed[],
  decompress: Decompress,
  report: Report,
): Promise<readonly { readonly one: Packed; readonly bytes: Uint8Array }[]> {
  let left = batch;
  while (left.length > 0) {
    const result = await decompress(
      kind,
      left.map((one) => one.bytes),
    );
    if (result.is === "unpacked") {
      return left.flatMap((one, index) => {
        const bytes = result.files[index];
        return bytes === undefined ? [] : [{ one, bytes }];
      });
    }
    if (result.is === "no-program") {
      report({
        code: "U361",
        severity: "error",
        message: `the modules of the kernel ${kernel.version} are compressed with ${kind}, and the program ${result.program} is not installed on this machine`,
        hint: `sudo apt-get install ${result.package}`,
        at: left[0] === undefined ? [] : originsOf(left[0].module),
      });
      return [];
    }
    const damaged = left[result.index];
    report({
      code: "U362",
      severity: "error",
      message: `${damaged?.path ?? "a module"} cannot be unpacked: ${result.what}`,
      hint: "install the kernel's package again",
      at: damaged === undefined ? [] : originsOf(damaged.module),
    });
    left = left.filter((one) => one !== damaged && damaged !== undefined);
  }
  return [];
}

/** Where a module of `modules.dep` lies in the tree, links followed. */
function modulePath(kernel: Kernel, module: { readonly path: string }): string | undefined {
  return firstFile(kernel.tree, [module.path.startsWith("/") ? module.path : `${kernel.directory}/${module.path}`]);
}

function originsOf(module: ClosureModule) {
  const origin = module.why[0]?.find((reason) => reason.origin !== undefined)?.origin;
  return origin === undefined ? [] : [origin];
}
