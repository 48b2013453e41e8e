import type { Report } from "../diagnostics/diagnostic.ts";
import type { FirmwareWant } from "../sysroot/firmware.ts";
import { firstOrigin } from "./origins.ts";

/**
 * Reports U865 for firmware that modules name and the sysroot does not have: for each line of the declaration once,
 * as a kind of drivers brings hundreds.
 */
export function reportMissingFirmware(
  sysroot: string,
  named: readonly FirmwareWant[],
  missing: ReadonlySet<string>,
  report: Report,
): void {
  const byLine = new Map<string, FirmwareWant[]>();
  for (const want of named) {
    if (!missing.has(want.path)) continue;
    const [origin] = firstOrigin(want.why);
    const line = origin === undefined ? "" : `${origin.file}:${origin.line}:${origin.path}`;
    byLine.set(line, [...(byLine.get(line) ?? []), want]);
  }
  for (const wants of byLine.values()) {
    const [first] = wants;
    if (first === undefined) continue;
    const modules = new Set(wants.map(({ module }) => module));
    const files = [...new Set(wants.map(({ path }) => path))];
    const who = modules.size === 1 ? `the module ${first.module ?? ""} names` : `${modules.size} modules name`;
    const more = files.length > 3 ? ` and ${files.length - 3} more` : "";
    report({
      code: "U865",
      severity: "warning",
      message: `${sysroot} lacks firmware that ${who}: ${files.slice(0, 3).join(", ")}${more}`,
      hint: "most of it is for devices that no single machine has; install the package that holds what this one needs",
      at: firstOrigin(first.why),
    });
  }
}
