import type { Origin, Report } from "../diagnostics/diagnostic.ts";
import type { Kernel } from "../sysroot/kernel.ts";
import type { ModuleFile } from "../sysroot/module-bytes.ts";
import { checkModuleOptions, moduleParameters } from "../sysroot/module-info.ts";
import { normalizeName } from "../sysroot/module-name.ts";
import { nearestName } from "../sysroot/module-suggestion.ts";
import type { Declaration } from "./declaration.ts";

/**
 * Checks `[modules] options` against the modules of the image. Reports U365 for a parameter that a module does not have,
 * U181 for options that no module will be given.
 */
export function checkOptions(
  declaration: Declaration,
  kernel: Kernel,
  files: readonly ModuleFile[],
  report: Report,
): void {
  for (const [name, options] of Object.entries(declaration.value.modules.options)) {
    const module = normalizeName(name);
    const origin = declaration.originOf("modules", "options", name);
    if (files.some((file) => file.module.name === module)) {
      const parameters = moduleParameters(kernel, files, name);
      // A module that does not say what it takes is given what was declared.
      if (parameters === undefined) continue;
      options.forEach((option, index) => {
        const at = declaration.originOf("modules", "options", name, index);
        checkModuleOptions(name, [option], parameters, report, at);
      });
    } else {
      report(withoutEffect(name, options, kernel, origin));
    }
  }
}

function withoutEffect(name: string, options: readonly string[], kernel: Kernel, origin: Origin) {
  const module = normalizeName(name);
  const [what, hint] = kernel.builtins().paths.has(module)
    ? [
        "is built into it, where modprobe.d(5) does not reach",
        `write them on the kernel command line: ${options.map((option) => `${module}.${option}`).join(" ")}`,
      ]
    : kernel.dependencies().modules.has(module)
      ? ["is not in the image", `nothing wants it; to have it there: modules.available = ["${name}"]`]
      : ["is not one of its modules", suggestion(module, kernel)];
  return {
    code: "U181",
    severity: "warning",
    message: `the options of the module ${name} have no effect with the kernel ${kernel.version}: it ${what}`,
    hint,
    at: [origin],
  } as const;
}

function suggestion(module: string, kernel: Kernel): string {
  const near =
    nearestName(module, kernel.dependencies().modules.keys()) ?? nearestName(module, kernel.builtins().paths.keys());
  return near === undefined ? "options stand under a module's own name, not under an alias" : `did you mean ${near}?`;
}
