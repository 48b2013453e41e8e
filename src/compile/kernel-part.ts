import type { Origin, Report } from "../diagnostics/diagnostic.ts";
import type { Why } from "../diagnostics/reason.ts";
import type { Entry } from "../image/manifest.ts";
import type { Taken } from "../plan/requirement.ts";
import { driverClassNames, driversOf } from "../sysroot/driver-classes.ts";
import { firmwareFiles, moduleFirmware, type Firmware } from "../sysroot/firmware.ts";
import { kernelFiles } from "../sysroot/kernel-files.ts";
import type { Kernel } from "../sysroot/kernel.ts";
import { microcodeEntries } from "../sysroot/microcode.ts";
import { moduleFiles, type Decompress, type ModuleFile } from "../sysroot/module-bytes.ts";
import { moduleClosure, type ModuleClosure, type ModuleWant } from "../sysroot/module-closure.ts";
import { of } from "./collect.ts";
import { firstOrigin } from "./origins.ts";
import { reportMissingFirmware } from "./missing-firmware.ts";
import { loadableByRules, type RulesFiles } from "./rules-files.ts";

/** What of a kernel goes into an image. */
export interface KernelPart {
  readonly modules: ModuleClosure;
  readonly files: readonly ModuleFile[];
  readonly firmware: Firmware;
  /** All of it: modules, their indexes, firmware, microcode. */
  readonly entries: readonly Entry[];
}

/** Takes the modules that are wanted, those that rules load by name, and the firmware of them all. */
export async function kernelPart(
  kernel: Kernel,
  taken: readonly Taken[],
  rules: RulesFiles,
  decompress: Decompress,
  report: Report,
): Promise<KernelPart> {
  const modules = closure(kernel, taken, rules, report);
  const files = await moduleFiles(kernel, modules.modules, decompress, report);
  const declared = of(taken, "firmware").map(({ requirement, why }) => ({
    path: requirement.path,
    optional: false,
    why,
  }));
  const named = moduleFirmware(files);
  const firmware = await firmwareFiles(kernel, [...named, ...declared], decompress, report);
  reportMissingFirmware(kernel.tree.name, named, new Set(firmware.missing), report);
  const microcode = of(taken, "microcode").flatMap(({ requirement, why: wanted }) =>
    microcodeEntries(kernel.tree, { cpu: requirement.cpu, why: wanted }, report),
  );
  const why: readonly Why[] = [[{ what: `modules of the kernel ${kernel.version}` }]];
  return { modules, files, firmware, entries: [...kernelFiles(kernel, files, why), ...firmware.entries, ...microcode] };
}

function closure(kernel: Kernel, taken: readonly Taken[], rules: RulesFiles, report: Report): ModuleClosure {
  const wants = [
    ...of(taken, "module").map(({ requirement, why }): ModuleWant => ({
      name: requirement.name,
      optional: requirement.optional === true,
      why,
      ...located(why),
    })),
    ...classWants(kernel, taken),
  ];
  const denied = of(taken, "no-module").map(({ requirement, why }) => ({ name: requirement.name, ...located(why) }));
  const wanted = moduleClosure(kernel, wants, report, denied);
  const byRules = loadableByRules(rules.modules, kernel, wanted);
  if (byRules.length === 0) return wanted;
  const more = byRules.map(({ name, why }): ModuleWant => ({ name, optional: true, why }));
  // What is wrong with the wanted ones has been said.
  return moduleClosure(kernel, [...wants, ...more], () => undefined, denied);
}

function classWants(kernel: Kernel, taken: readonly Taken[]): readonly ModuleWant[] {
  return of(taken, "driver-class").flatMap(({ requirement, why }) => {
    const wanted = driverClassNames.find((name) => name === requirement.name);
    if (wanted === undefined) throw new Error(`no class of drivers: ${requirement.name}`);
    return driversOf(kernel, wanted).map((name): ModuleWant => ({ name, optional: true, why }));
  });
}

function located(why: Why): { readonly origin?: Origin } {
  const [origin] = firstOrigin(why);
  return origin === undefined ? {} : { origin };
}
