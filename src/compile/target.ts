import type { Target } from "../plan/step.ts";
import { findProgram } from "../sysroot/programs.ts";
import { systemdVersion } from "../sysroot/systemd-version.ts";
import type { Tree } from "../sysroot/tree.ts";

/** The facts of a sysroot that renderings may ask for. */
export function targetOf(sysroot: Tree, kernel: string, deviceTimeout: number): Target {
  return {
    deviceTimeout,
    systemd: systemdVersion(sysroot),
    kernel,
    hasProgram: (name) => findProgram(sysroot, name).found,
    // A program that is missing is reported when its requirement is met; until then any path will do.
    programPath: (name) => {
      const search = findProgram(sysroot, name);
      return search.found ? search.path : `/usr/bin/${name}`;
    },
  };
}
