import { existsSync } from "node:fs";
import { copyFile, chmod, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Report } from "../diagnostics/diagnostic.ts";

/** UEFI for a machine: what is run, and what it remembers from boot to boot. */
export interface Firmware {
  readonly code: string;
  readonly variables: string;
}

/** Where distributions keep OVMF, newest layout first: the code, and variables to begin with. */
const places = [
  ["/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"],
  ["/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"],
  ["/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"],
  ["/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"],
] as const;

/** The firmware of this machine with variables of its own in a file, which is made when it is not there. Reports U692. */
export async function uefi(variables: string, report: Report): Promise<Firmware | undefined> {
  const found = places.find(([code, fresh]) => existsSync(code) && existsSync(fresh));
  if (found === undefined) {
    report({
      code: "U692",
      severity: "error",
      message: "the firmware OVMF is not installed on this machine",
      hint: "on Debian: apt install ovmf",
      at: [],
    });
    return undefined;
  }
  const [code, fresh] = found;
  if (!existsSync(variables)) {
    await mkdir(dirname(variables), { recursive: true, mode: 0o700 });
    await copyFile(fresh, variables);
    await chmod(variables, 0o600);
  }
  return { code, variables };
}
