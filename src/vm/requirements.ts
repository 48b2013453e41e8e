import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import { programPath } from "../host/processes.ts";

export interface Programs {
  readonly qemu: string;
  /** A file that may or may not be a static program. */
  readonly busybox: string;
  readonly swtpm?: string;
}

/** Finds the programs of this machine that a boot takes; reports each that is missing (U600 to U602, U691). */
export function requirements(
  wanted: { readonly qemu?: string; readonly busybox?: string; readonly tpmState?: string },
  report: Report,
): Programs | undefined {
  const qemu = find(wanted.qemu ?? "qemu-system-x86_64", "U600", "qemu-system-x86", report);
  const setpriv = find("setpriv", "U601", "util-linux", report);
  const busybox = find(wanted.busybox ?? "busybox", "U602", "busybox-static", report);
  if (qemu === undefined || setpriv === undefined || busybox === undefined) return undefined;
  if (wanted.tpmState === undefined) return { qemu, busybox };
  const swtpm = find("swtpm", "U691", "swtpm", report);
  return swtpm === undefined ? undefined : { qemu, busybox, swtpm };
}

function find(name: string, code: Diagnostic["code"], debian: string, report: Report): string | undefined {
  const path = programPath(name);
  if (path === undefined) {
    report({
      code,
      severity: "error",
      message: `the program ${name} is not installed on this machine`,
      hint: `on Debian: apt install ${debian}`,
      at: [],
    });
  }
  return path;
}
