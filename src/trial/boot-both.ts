import { join } from "node:path";
import { rehearseBoth, type RehearsedBoth } from "../build/compare.ts";
import type { MeasuredBoot } from "../diff/measured.ts";
import type { Report } from "../diagnostics/diagnostic.ts";
import { directoryTree } from "../host/directory-tree.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { StageOneKind } from "../stage-one/stage-one.ts";
import { withPrivateDirectory } from "../vm/private-directory.ts";
import { layOutDeclaration } from "./declaration.ts";
import { kernelOf } from "./kernel.ts";
import { measuredBoot } from "./measured-boot.ts";
import { observedOf } from "./observed.ts";
import { defaultKernel, makeTrialDisks, runScenario, treeOf } from "./run-scenario.ts";
import { withStageOne } from "./select-scenarios.ts";
import type { TrialOptions } from "./trial-options.ts";

/** Compiles a scenario's declaration with both stage ones, as it is built for the boot: nothing is written that stays. */
export async function rehearseScenario(
  scenario: Scenario,
  options: TrialOptions,
  report: Report,
): Promise<RehearsedBoth | undefined> {
  const sysroot = treeOf(scenario, options, report);
  if (sysroot === undefined) return undefined;
  const tree = directoryTree(sysroot);
  const kernel = kernelOf(tree, sysroot, scenario.kernel ?? defaultKernel(scenario), report);
  tree.close();
  const disks = await makeTrialDisks([scenario], options, report);
  if (kernel === undefined || disks.length !== scenario.disk.length) return undefined;
  return withPrivateDirectory(async (directory) => {
    const home = join(directory, "declaration");
    const declaration = await layOutDeclaration(home, options.folder, scenario, kernel.version, disks);
    return rehearseBoth({ declaration, sysroot });
  });
}

/**
 * Boots a scenario with each stage one in turn. Reports what kept one of them from being booted, and U675 for what the
 * scenario itself expects and did not come true.
 */
export async function bootBoth(
  scenario: Scenario,
  options: TrialOptions,
  report: Report,
  begins: (kind: StageOneKind) => void,
): Promise<Readonly<Record<StageOneKind, MeasuredBoot>> | undefined> {
  const systemd = await bootOne(scenario, "systemd", options, report, begins);
  const scripted = systemd && (await bootOne(scenario, "scripted", options, report, begins));
  return systemd === undefined || scripted === undefined ? undefined : { systemd, scripted };
}

async function bootOne(
  scenario: Scenario,
  kind: StageOneKind,
  options: TrialOptions,
  report: Report,
  begins: (kind: StageOneKind) => void,
): Promise<MeasuredBoot | undefined> {
  begins(kind);
  const chosen = withStageOne(scenario, kind);
  const { boot, journal, steps = new Map(), failures, diagnostics } = await runScenario(chosen, options, report);
  if (boot === undefined) {
    diagnostics.filter(({ severity }) => severity === "error").forEach(report);
    return undefined;
  }
  const [failure] = failures;
  if (failure !== undefined) {
    const message = `${chosen.name}: ${failure.path.join(".")}: expected ${failure.expected}, found ${failure.found}`;
    const hint = "`unitrd test` on the folder tells more";
    report({ code: "U675", severity: "warning", message, hint, at: [] });
  }
  return measuredBoot(boot, observedOf(boot, journal, steps, kind).jobs, "stage-two");
}
