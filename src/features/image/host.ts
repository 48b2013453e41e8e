import { readHost } from "../../sysroot/host.ts";
import { parseHostReport, type HostReport } from "../../sysroot/host-report.ts";
import type { Input } from "../feature.ts";

/** The machine that `host` means: as it was reported, or that on which the image is built. */
export function hostReport(file: string | undefined, input: Input): HostReport | undefined {
  if (file === undefined) return readHost(input.machine());
  const origin = input.originOf("host");
  const bytes = input.readFile(file, origin);
  if (bytes === undefined) return undefined;
  const found = parseHostReport(new TextDecoder().decode(bytes));
  if (typeof found !== "string") return found;
  input.report({
    code: "U860",
    severity: "error",
    message: `${file} is no report of a machine: ${found}`,
    hint: "run on that machine: unitrd host > host.json",
    at: [origin],
  });
  return undefined;
}
