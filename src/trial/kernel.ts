import { join } from "node:path";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { Scenario } from "../scenario/scenario.ts";
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

/** The kernel of a flavour: Debian names the cloud kernels so. Reports U682 when there is none. */
export function kernelOf(
  tree: Tree,
  directory: string,
  flavour: Scenario["kernel"],
  report: Report,
): TrialKernel | undefined {
  const parent = resolve(tree, "/lib/modules");
  const versions = parent.found ? tree.list(parent.path) : [];
  const version = versions.findLast((name) => name.includes("-cloud-") === (flavour === "cloud"));
  if (!parent.found || version === undefined || tree.lstat(`/boot/vmlinuz-${version}`) === undefined) {
    report({
      code: "U682",
      severity: "error",
      message: `${directory} has no ${flavour} kernel`,
      hint: `there are ${versions.join(", ") || "none"}`,
      at: [],
    });
    return undefined;
  }
  return {
    version,
    vmlinuz: join(directory, "boot", `vmlinuz-${version}`),
    modules: `${parent.path}/${version}`,
  };
}
