import type { Why } from "../diagnostics/reason.ts";
import type { Entry } from "../image/manifest.ts";
import type { Kernel } from "./kernel.ts";
import type { ModuleFile } from "./module-bytes.ts";
import { imagePath, moduleIndexFiles } from "./module-index-files.ts";

/**
 * A kernel's part of the image: the module files, uncompressed, and the indexes that libkmod reads, all below
 * `/usr/lib/modules/VERSION` (the image's `/lib` is a link). Parent directories are the manifest's business.
 * `why` is given to the indexes, which no single module asked for.
 */
export function kernelFiles(kernel: Kernel, files: readonly ModuleFile[], why: readonly Why[]): readonly Entry[] {
  const directory = `/usr/lib/modules/${kernel.version}`;
  const common = { layer: "kernel", uid: 0, gid: 0, type: "file", mode: 0o644 } as const;
  const modules = files.map((file): Entry => ({
    ...common,
    path: `${directory}/${imagePath(file.module.path)}`,
    content: file.content,
    why: file.module.why,
  }));
  const indexes = moduleIndexFiles(
    kernel,
    files.map((file) => file.module),
  ).map(({ name, bytes }): Entry => ({
    ...common,
    path: `${directory}/${name}`,
    content: { is: "bytes", bytes },
    why,
  }));
  return [...modules, ...indexes];
}
