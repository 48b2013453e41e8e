import { join } from "node:path";
import { build, type BuildResult } from "../../build/build.ts";
import { findings, type Findings } from "../../diagnostics/diagnostic.ts";
import { cacheDirectory } from "../../host/cache.ts";
import { wantedAccelerator } from "../../host/environment.ts";
import { houseDirectory } from "../../host/house.ts";
import type { Accelerator } from "../../vm/accelerator.ts";
import { boot, type BootOptions, type BootResult } from "../../vm/boot.ts";
import type { Machine } from "../../vm/machine.ts";
import { withPrivateDirectory } from "../../vm/private-directory.ts";
import { bootMaterial, disksOf, type BootMaterial } from "../boot-material.ts";
import { bootJson, bootReport, type StepsOfUnits } from "../boot-report.ts";
import { buildJson } from "../build-json.ts";
import { exits, type Context } from "../context.ts";
import { formatBytes } from "../format-bytes.ts";
import { leavingOnSignal } from "../leaving.ts";
import type { MachineFlags } from "../machine-flags.ts";
import { progressLine } from "../progress-line.ts";
import { showDiagnostics, showJson } from "../show.ts";
import { usage } from "../spoken-text.ts";

export interface BootFlags extends MachineFlags {
  readonly initrd?: string;
  readonly sysroot?: string;
  readonly cpus: number;
  readonly machine: Machine["kind"];
  readonly accel: "auto" | Accelerator["kind"];
  readonly until?: "hand-over" | "power-off";
  readonly json: boolean;
  readonly timeline: boolean;
}

/** unitrd boot */
export async function runBoot(this: Context, flags: BootFlags, ...declaration: readonly string[]): Promise<void> {
  const found = findings();
  const fault = usageFault(flags, declaration);
  if (fault !== undefined) found.report(usage(fault));
  const session: Session = { context: this, flags, found };
  const done = fault === undefined ? await buildAndBoot(session, declaration) : {};
  if (flags.json)
    showJson(this, found.all, { ...buildJson(done.built ?? {}), ...(done.result && bootJson(done.result)) });
  else {
    showDiagnostics(this, found.all.slice(done.built?.diagnostics.length ?? 0));
    if (done.result !== undefined) {
      const options = { width: this.output.width ?? 100, timeline: flags.timeline };
      this.output.write(`\n${bootReport(done.result, stepsOfUnits(done.built), options)}`);
    }
  }
  this.end(done.result?.exitStatus ?? (fault === undefined ? exits.fault : exits.usage));
}

interface Session {
  readonly context: Context;
  readonly flags: BootFlags;
  readonly found: Findings;
}

interface Done {
  readonly built?: BuildResult;
  readonly result?: BootResult;
}

function usageFault({ initrd }: BootFlags, declaration: readonly string[]): string | undefined {
  if (initrd === undefined && declaration.length === 0) return "name a declaration to boot, or an image with --initrd";
  if (initrd !== undefined && declaration.length > 0) return "either a declaration is booted or --initrd, not both";
  return undefined;
}

async function buildAndBoot(session: Session, declaration: readonly string[]): Promise<Done> {
  const { flags, found } = session;
  return leavingOnSignal((leaving) =>
    withPrivateDirectory(async (directory): Promise<Done> => {
      const output = join(directory, "initrd");
      const built = flags.initrd === undefined ? await buildFor(session, declaration, output) : undefined;
      if (found.hasErrors()) return built === undefined ? {} : { built };
      const release = built?.compiled?.kernel.version;
      const material = await bootMaterial(
        {
          initrd: flags.initrd ?? output,
          sysroot: flags.sysroot ?? "/",
          ...(flags.kernel === undefined ? {} : { kernel: flags.kernel }),
          ...(release === undefined ? {} : { release }),
        },
        found.report,
      );
      // A machine that runs is stopped in order.
      leaving.takeOver();
      const result = material && (await boot(await optionsFor(session, material, leaving.signal), found.report));
      return { ...(built === undefined ? {} : { built }), ...(result === undefined ? {} : { result }) };
    }),
  );
}

async function buildFor(session: Session, declaration: readonly string[], output: string): Promise<BuildResult> {
  const { context, flags, found } = session;
  const progress = progressLine(context, flags.json);
  const built = await build({
    declaration,
    output,
    ...(flags.sysroot === undefined ? {} : { sysroot: flags.sysroot }),
    progress: () => progress.show(`building ${declaration.join(", ")}`),
  });
  progress.clear();
  if (!flags.json) showDiagnostics(context, built.diagnostics, built.sources);
  built.diagnostics.forEach(found.report);
  if (built.image !== undefined && built.compiled !== undefined && !flags.json) {
    const { size, seconds } = built.image;
    const kind = built.compiled.stage.kind;
    context.messages.write(`unitrd: built a ${kind} stage one of ${formatBytes(size)} in ${seconds.toFixed(2)} s\n`);
  }
  return built;
}

async function optionsFor(session: Session, material: BootMaterial, signal: AbortSignal): Promise<BootOptions> {
  const { context, flags, found } = session;
  const house = houseDirectory();
  const accelerator = flags.accel === "auto" ? wantedAccelerator() : flags.accel;
  const cache = cacheDirectory(found.report);
  const isWatched = !flags.json && context.terminal !== undefined;
  return {
    ...material,
    house: { templates: join(house, "templates"), units: join(house, "units") },
    commandLine: flags.append.flatMap((words) => words.trim() || []),
    disks: await disksOf(flags.disk),
    machine: flags.machine,
    memory: flags.memory,
    cpus: flags.cpus,
    typing: flags.type,
    limit: flags.limit,
    signal,
    ...(accelerator === undefined ? {} : { accelerator }),
    ...(cache === undefined ? {} : { cacheDirectory: cache }),
    ...(flags.until === undefined ? {} : { until: flags.until }),
    ...(isWatched ? { terminal: context.terminal } : {}),
    ...(isWatched || flags.json ? {} : { onConsole: (text: string) => context.output.write(text) }),
  };
}

function stepsOfUnits(built: BuildResult | undefined): StepsOfUnits {
  const units = built?.compiled?.stage.units ?? [];
  return new Map(units.flatMap(({ unit, step }) => (step === undefined ? [] : [[unit.name, step]])));
}
