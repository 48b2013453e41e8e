import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Report } from "../diagnostics/diagnostic.ts";
import { directoryTree } from "../host/directory-tree.ts";
import { readImage } from "../host/read-image.ts";
import { firstFile } from "../sysroot/kernel.ts";
import type { Tree } from "../sysroot/tree.ts";
import type { BootOptions } from "../vm/boot.ts";

/** The files that a machine boots from. */
export type BootMaterial = Pick<BootOptions, "initrd" | "kernel" | "modules">;

export interface MaterialWanted {
  readonly initrd: string;
  /** What the person named. */
  readonly kernel?: string;
  readonly sysroot: string;
  /** The kernel that the image is for, when it is known without looking into it. */
  readonly release?: string;
}

/** Finds the kernel that belongs to an image, and its modules. Reports U702 when there is none, U430 for no image. */
export async function bootMaterial(wanted: MaterialWanted, report: Report): Promise<BootMaterial | undefined> {
  const { initrd } = wanted;
  const releases = wanted.release === undefined ? await releasesIn(initrd, report) : [wanted.release];
  if (releases === undefined) return undefined;
  const sysroot = treeAt(wanted.sysroot);
  const kernel = wanted.kernel ?? kernelFile(sysroot, wanted.sysroot, releases);
  if (kernel === undefined) {
    report(noKernel(wanted, releases));
    return undefined;
  }
  const modules = modulesOf(sysroot, releases);
  return { initrd, kernel, ...(modules === undefined ? {} : { modules }) };
}

function treeAt(path: string): Tree | undefined {
  try {
    return directoryTree(path);
  } catch {
    return undefined;
  }
}

/** Releases of the kernels that an image has modules of. */
async function releasesIn(initrd: string, report: Report): Promise<readonly string[] | undefined> {
  const image = await readImage(initrd, report);
  return image && ["/usr/lib/modules", "/lib/modules"].flatMap((path) => image.tree.list(path));
}

function kernelFile(sysroot: Tree | undefined, root: string, releases: readonly string[]): string | undefined {
  const paths = releases.flatMap((release) => [`/boot/vmlinuz-${release}`, `/usr/lib/modules/${release}/vmlinuz`]);
  const found = sysroot && firstFile(sysroot, paths);
  return found === undefined ? undefined : join(root, found);
}

function modulesOf(tree: Tree | undefined, releases: readonly string[]): BootOptions["modules"] {
  if (tree === undefined) return undefined;
  const directory = releases
    .flatMap((release) => [`/usr/lib/modules/${release}`, `/lib/modules/${release}`])
    .find((path) => tree.lstat(path)?.type === "directory");
  return directory === undefined ? undefined : { tree, directory };
}

function noKernel({ initrd, sysroot }: MaterialWanted, releases: readonly string[]) {
  const message =
    releases.length === 0
      ? `${initrd} has no modules, so it does not tell which kernel it is for`
      : `${sysroot} has no kernel ${releases.join(" or ")} in /boot`;
  return { code: "U702", severity: "error", message, hint: "name the kernel: --kernel FILE", at: [] } as const;
}

/** Disks as the machine gets them; what the guest writes is thrown away. */
export async function disksOf(files: readonly string[]): Promise<NonNullable<BootOptions["disks"]>> {
  return Promise.all(
    files.map(async (file) => ({ file, format: await formatOf(file), bus: "virtio-blk", writes: "discard" }) as const),
  );
}

/** By the magic of qcow2; of a file that cannot be read `boot` tells. */
async function formatOf(file: string): Promise<"raw" | "qcow2"> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return "raw";
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.toString("latin1") === "QFI\u00fb" ? "qcow2" : "raw";
  } catch {
    return "raw";
  } finally {
    await handle.close();
  }
}
