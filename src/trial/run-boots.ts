import { join } from "node:path";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { MadeDisk } from "../disks/make.ts";
import { CannotMake } from "../disks/tool.ts";
import { wantedAccelerator } from "../host/environment.ts";
import { type BootWanted, bootsOf } from "../scenario/boot.ts";
import { bytesOf } from "../scenario/disks/size.ts";
import type { ObservedDisk } from "../scenario/observed.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { boot, type BootOptions, type BootResult } from "../vm/boot.ts";
import type { SharedDirectory } from "../vm/shared-directory.ts";
import type { TrialKernel } from "./kernel.ts";
import { clientRules, findServers, momentOf, trialNics } from "./network.ts";
import type { TrialOptions } from "./trial-options.ts";
import { trialShares } from "./trial-shares.ts";
import { trialDisks, type TrialDisks } from "./trial-disks.ts";

/** A boot that was run. */
export interface Booted {
  readonly wanted: BootWanted;
  readonly result: BootResult;
  /** What `expect.disks` asks for. */
  readonly disks: ReadonlyMap<string, ObservedDisk>;
}

export interface BootMaterials {
  readonly kernel: TrialKernel;
  readonly disks: readonly MadeDisk[];
  readonly initrd: string;
  readonly modules: NonNullable<BootOptions["modules"]>;
  /** A private directory for overlays, the state of a TPM, and variables of the firmware. */
  readonly directory: string;
  /** Where clients run. */
  readonly folder: string;
}

/**
 * Runs the boots of a scenario one after the other on the same disks, up to the first with which `isRight` is not
 * content. When QEMU dies, all of them run once more on fresh disks (U680). `undefined`: nothing could be started, which
 * is reported.
 */
export async function runBoots(
  scenario: Scenario,
  options: TrialOptions,
  materials: BootMaterials,
  isRight: (booted: Booted) => Promise<boolean>,
  report: Report,
): Promise<{ readonly boots: readonly Booted[]; readonly retried: boolean } | undefined> {
  if (!findServers(scenario, report)) return undefined;
  const first = await runAll(scenario, options, materials, "disks", isRight, report);
  const death = first?.find(({ result }) => result.outcome.is === "qemu-died");
  if (first === undefined || death === undefined) return first && { boots: first, retried: false };
  const message = `${scenario.name} runs again: ${death.result.outcome.because}`;
  report({ code: "U680", severity: "warning", message, at: [] });
  const second = await runAll(scenario, options, materials, "disks-again", isRight, report);
  return second && { boots: second, retried: true };
}

async function runAll(
  scenario: Scenario,
  options: TrialOptions,
  materials: BootMaterials,
  fresh: string,
  isRight: (booted: Booted) => Promise<boolean>,
  report: Report,
): Promise<readonly Booted[] | undefined> {
  const wanted = bootsOf(scenario);
  const directory = join(materials.directory, fresh);
  const booted: Booted[] = [];
  try {
    const shares = await trialShares(scenario, options, `${directory}-shares`);
    const disks = await trialDisks(materials.disks, scenario, wanted, directory);
    for (const one of wanted) {
      const asked = bootOptions(scenario, one, options, materials, { disks, shares }, directory, wanted.length > 1);
      const result = await boot(asked, report);
      if (result === undefined) return undefined;
      const done = { wanted: one, result, disks: await disks.states(one) };
      booted.push(done);
      if (!(await isRight(done))) break;
    }
  } catch (error) {
    if (!(error instanceof CannotMake)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    report({ code: error.code, severity: "error", message: `${scenario.name}: ${error.message}`, ...hint, at: [] });
    return undefined;
  }
  return booted;
}

function bootOptions(
  scenario: Scenario,
  wanted: BootWanted,
  options: TrialOptions,
  { kernel, initrd, modules, folder, disks: made }: BootMaterials,
  { disks, shares }: { readonly disks: TrialDisks; readonly shares: readonly SharedDirectory[] },
  directory: string,
  isOneOfSeveral: boolean,
): BootOptions {
  const credentials = Object.entries(scenario.credentials);
  const isOffAwaited = isOneOfSeveral || (wanted.expect.disks ?? wanted.expect.shutdown) !== undefined;
  return {
    initrd,
    modules,
    kernel: kernel.vmlinuz,
    house: options.house,
    commandLine: [
      ...wanted.append.split(/\s+/).filter((word) => word !== ""),
      ...credentials.flatMap(([name, { value, by }]) =>
        by === "command-line" ? [`systemd.set_credential=${name}:${value}`] : [],
      ),
    ],
    credentials: credentials.flatMap(([name, { value, by }]) => (by === "command-line" ? [] : [{ name, value, by }])),
    ...disks.attached(wanted),
    shares,
    machine: scenario.vm.type,
    memory: bytesOf(scenario.vm.memory) / 1024 ** 2,
    cpus: scenario.vm.cpus,
    screen: wanted.type.some(({ at }) => at === "keyboard"),
    typing: wanted.type.map(({ when, at, text, after }) => ({
      when,
      type: `${text}\n`,
      keyboard: at === "keyboard",
      ...(after === undefined ? {} : { after }),
    })),
    nics: trialNics(scenario, folder, made),
    clients: { rules: clientRules(wanted.client), directory: folder },
    ...(wanted["power-cut"] === undefined ? {} : { powerCut: momentOf(wanted["power-cut"]) }),
    ...(scenario.tpm ? { tpmState: join(directory, "tpm") } : {}),
    ...(scenario.vm.firmware === "uefi" ? { uefiVariables: join(directory, "firmware") } : {}),
    handed: {
      "report-paths": Object.keys(wanted.expect.files ?? {})
        .map((path) => `${path}\n`)
        .join(""),
      ...(wanted.script === undefined ? {} : { "script.sh": wanted.script }),
      ...(wanted.expect.shell === undefined ? {} : { "assert.sh": wanted.expect.shell }),
    },
    ...(options.icountShift === undefined
      ? {}
      : { icountShift: options.icountShift, accelerator: wantedAccelerator() ?? "tcg" }),
    limit: wanted.limit * (options.patience ?? 1),
    until: scenario.until === "power-off" ? "power-off" : isOffAwaited ? "off" : "stage-two",
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
}
