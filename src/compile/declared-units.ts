import type { Report } from "../diagnostics/diagnostic.ts";
import type { Manifest } from "../image/manifest.ts";
import type { Declaration } from "./declaration.ts";

/** Reports U133 for what `[units]` says of units that the image does not hold: systemd would not say a word. */
export function checkDeclaredUnits(declaration: Declaration, manifest: Manifest, report: Report): void {
  const paths = new Set(manifest.entries.map((entry) => entry.path));
  for (const [name, unit] of Object.entries(declaration.value.units)) {
    const say = (other: string, message: string, ...path: readonly (string | number)[]): void => {
      if (isThere(other, paths)) return;
      const hint = `correct the name, or take the unit from the sysroot: [units.${JSON.stringify(other)}] with shipped = true`;
      const at = [declaration.originOf("units", name, ...path)];
      report({ code: "U133", severity: "error", message, hint, at });
    };
    if (unit["drop-in"] !== undefined)
      say(name, `the image has no unit ${name} that a drop-in could change`, "drop-in");
    for (const key of ["wanted-by", "required-by"] as const) {
      unit[key].forEach((by, index) => {
        say(by, `the image has no unit ${by} that could pull in ${name}`, key, index);
      });
    }
  }
}

/** systemd itself makes units of devices and mounts as they come, and slices as they are named. */
function isThere(name: string, paths: ReadonlySet<string>): boolean {
  if (/\.(device|mount|slice|swap)$/.test(name)) return true;
  const template = name.replace(/@[^@]*(\.[a-z]+)$/, "@$1");
  return ["/etc/systemd/system", "/usr/lib/systemd/system"].some(
    (directory) => paths.has(`${directory}/${name}`) || paths.has(`${directory}/${template}`),
  );
}
