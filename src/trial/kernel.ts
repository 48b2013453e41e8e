import { join } from "node:path";
import type { Report } from "../diagnostics/diagnostic.ts";
import { firstFile, kernels } from "../sysroot/kernel.ts";
import { resolve } from "../sysroot/resolve.ts";
import type { Tree } from "../sysroot/tree.ts";

/** A kernel of a Debian tree. */
export interface TrialKernel {
  readonly version: string;
  /** Its path on this machine. */
  readonly vmlinuz: string;
  /** The directory of its modules in the tree, without links. */
  readonly modules: string;
}

/**
 * A kernel of a tree: the newest of a flavour (Debian names its cloud kernels so), the newest of all, or a version.
 * Reports U682 when there is none.
 */
export function kernelOf(tree: Tree, directory: string, wanted: string, report: Report): TrialKernel | undefined {
  const versions = kernels(tree);
  const version = versions.findLast((name) => isWanted(name, wanted));
  const parent = resolve(tree, "/lib/modules");
  const vmlinuz = version === undefined ? undefined : firstFile(tree, imagesOf(version));
  if (parent.found && version !== undefined && vmlinuz !== undefined) {
    return { version, vmlinuz: join(directory, vmlinuz), modules: `${parent.path}/${version}` };
  }
  report({
    code: "U682",
    severity: "error",
    message: `${directory} has no ${wanted} kernel${version === undefined ? "" : `: the image of ${version} is missing`}`,
    hint: `there are ${versions.join(", ") || "none"}`,
    at: [],
  });
  return undefined;
}

function isWanted(version: string, wanted: string): boolean {
  if (wanted === "newest") return true;
  if (wanted !== "cloud" && wanted !== "generic") return version === wanted;
  return version.includes("-cloud-") === (wanted === "cloud");
}

function imagesOf(version: string): readonly string[] {
  return [`/boot/vmlinuz-${version}`, `/usr/lib/modules/${version}/vmlinuz`, `/lib/modules/${version}/vmlinuz`];
}
