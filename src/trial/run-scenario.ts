import { join, resolve } from "node:path";
import { build, type BuildResult } from "../build/build.ts";
import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import { type DiskMaking, makeDisks, type MadeDisk } from "../disks/make.ts";
import type { Builder } from "../disks/workshop.ts";
import { cacheDirectory } from "../host/cache.ts";
import { directoryTree } from "../host/directory-tree.ts";
import { wantedAccelerator } from "../host/environment.ts";
import { errorCode, messageOf } from "../host/failure.ts";
import { judge } from "../scenario/assert.ts";
import { judgeClients } from "../scenario/judge/clients.ts";
import { bytesOf } from "../scenario/disks/size.ts";
import type { Failure } from "../scenario/failure.ts";
import type { DiskInterface } from "../scenario/disks/layout.ts";
import type { StageOneKind } from "../scenario/per-stage-one.ts";
import { forStageOne, type Scenario } from "../scenario/scenario.ts";
import { boot, type BootOptions, type BootResult } from "../vm/boot.ts";
import { readJournal } from "../vm/journal.ts";
import type { JournalEntry } from "../vm/journal-entry.ts";
import type { Disk } from "../vm/machine.ts";
import { withPrivateDirectory } from "../vm/private-directory.ts";
import type { UnitTime } from "../vm/timeline.ts";
import { layOutDeclaration } from "./declaration.ts";
import { keepEvidence } from "./evidence.ts";
import { kernelOf, type TrialKernel } from "./kernel.ts";
import { clientRules, trialNics } from "./network.ts";
import { observedOf } from "./observed.ts";
import { readUserland } from "./userland.ts";

export interface TrialOptions {
  /** The scenario's folder. */
  readonly folder: string;
  /** Directories of trees by the names that scenarios use: `bookworm`, `trixie`. */
  readonly trees: Readonly<Record<string, string>>;
  /** Files of disk images by the names that scenarios use: `userland:trixie`. */
  readonly images: Readonly<Record<string, string>>;
  /** Where unitrd's own `templates` and `units` are. */
  readonly house: { readonly templates: string; readonly units: string };
  /** Makes what takes a guest; one for all scenarios, so that one guest does for many disks. */
  readonly builder: Builder;
  /** Below this directory the console and the journal of a failed trial are kept. */
  readonly evidence: string;
  /** Limits are so many times as long as declared, on a machine that has much else to do; default 1. */
  readonly patience?: number;
  /** Makes the guest's clock count instructions, see `BootOptions`: times that do not depend on the machine below. */
  readonly icountShift?: number;
  readonly signal?: AbortSignal;
}

export interface TrialResult {
  readonly scenario: Scenario;
  /** `not-run`: what was reported kept it from being booted. */
  readonly verdict: "passed" | "failed" | "not-run";
  /** What did not come true, the first thing first. */
  readonly failures: readonly Failure[];
  /** How the boot ended; absent when there was none. */
  readonly boot?: BootResult;
  readonly journal: readonly JournalEntry[];
  /** What the build found. */
  readonly diagnostics: readonly Diagnostic[];
  /** QEMU died and it ran again. */
  readonly retried: boolean;
  /** Where console and journal are, after a failure. */
  readonly evidence?: string;
  /** The step that each unit was made from. */
  readonly steps?: ReadonlyMap<string, string>;
  /** The job that failed first. */
  readonly culprit?: UnitTime;
  /** The stage one that was built, and the systemd of the tree, whichever that is. */
  readonly stageOne?: { readonly kind: StageOneKind; readonly systemd?: number };
}

/**
 * Runs a scenario: makes its disks, builds its image, boots it, and compares what came true with what must. Reports what
 * kept it from running, and QEMU's own death, after which it runs once more (U680).
 */
export async function runScenario(scenario: Scenario, options: TrialOptions, report: Report): Promise<TrialResult> {
  const notRun = { scenario, verdict: "not-run", failures: [], journal: [], diagnostics: [], retried: false } as const;
  const tree = treeOf(scenario, options, report);
  if (tree === undefined) return notRun;
  const sysroot = directoryTree(tree);
  try {
    const kernel = kernelOf(sysroot, tree, scenario.kernel ?? defaultKernel(scenario), report);
    const disks = await makeTrialDisks([scenario], options, report);
    if (kernel === undefined || disks.length !== scenario.disk.length) return notRun;
    return await withPrivateDirectory(async (directory) => {
      const built = await buildTrial(directory, scenario, options, { tree, kernel, disks }, report);
      if (built?.image === undefined) return { ...notRun, diagnostics: built?.diagnostics ?? [] };
      const asked = forStageOne(scenario, built.compiled?.stage.kind ?? "systemd");
      const wanted: BootOptions = {
        ...bootOptions(asked, options, kernel, disks),
        nics: trialNics(scenario),
        clients: { rules: clientRules(scenario), directory: join(directory, "declaration") },
        initrd: built.image.path,
        modules: { tree: sysroot, directory: kernel.modules },
      };
      const { booted, retried } = await bootTwiceAtMost(wanted, scenario, report);
      if (booted === undefined) return { ...notRun, diagnostics: built.diagnostics };
      return await judged(asked, options, built, booted, retried, report);
    });
  } finally {
    sysroot.close();
  }
}

/** Makes the disks of many scenarios, those that need a guest in one. Also what a single run calls: they are kept. */
export async function makeTrialDisks(
  scenarios: readonly Scenario[],
  options: Pick<TrialOptions, "folder" | "images" | "house" | "builder">,
  report: Report,
): Promise<readonly MadeDisk[]> {
  const cache = cacheDirectory(report);
  if (cache === undefined) return [];
  const using: DiskMaking = {
    store: join(cache, "disks"),
    templates: options.house.templates,
    path: (name) => resolve(options.folder, name),
    image: (name) => Promise.resolve(imageOf(name, options, report)),
    builder: options.builder,
  };
  return (await Promise.all(scenarios.map((scenario) => makeDisks(scenario, using, report)))).flat();
}

function imageOf(name: string, options: Pick<TrialOptions, "folder" | "images">, report: Report): string {
  const path = options.images[name];
  if (path === undefined && name.includes(":")) {
    report({ code: "U684", severity: "error", message: `there is no image ${name} here`, at: [] });
  }
  return path ?? resolve(options.folder, name);
}

/** The directory of the tree that a scenario names. Reports U681 for one that is not there. */
export function treeOf(
  scenario: Scenario,
  options: Pick<TrialOptions, "folder" | "trees">,
  report: Report,
): string | undefined {
  const named = options.trees[scenario.sysroot];
  if (named !== undefined) return named;
  if (scenario.sysroot.includes("/")) return resolve(options.folder, scenario.sysroot);
  report({
    code: "U681",
    severity: "error",
    message: `there is no tree ${scenario.sysroot} here`,
    hint: `trees: ${Object.keys(options.trees).join(", ") || "none"}; or write a directory, with a slash in it`,
    at: [scenario.locate(["sysroot"])],
  });
  return undefined;
}

/** What a scenario without `kernel` boots: the named trees hold Debian's two flavours. */
export function defaultKernel({ sysroot }: Scenario): string {
  return sysroot.includes("/") ? "newest" : "cloud";
}

interface Materials {
  readonly tree: string;
  readonly kernel: TrialKernel;
  readonly disks: readonly MadeDisk[];
}

async function buildTrial(
  directory: string,
  scenario: Scenario,
  options: TrialOptions,
  { tree, kernel, disks }: Materials,
  report: Report,
): Promise<BuildResult | undefined> {
  try {
    const declaration = await layOutDeclaration(
      join(directory, "declaration"),
      options.folder,
      scenario,
      kernel.version,
      disks,
    );
    return await build({ declaration, sysroot: tree, output: join(directory, "initrd.img") });
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    report({ code: "U683", severity: "error", message: `${scenario.name}: ${messageOf(error)}`, at: [] });
    return undefined;
  }
}

const buses = {
  virtio: "virtio-blk",
  scsi: "virtio-scsi",
  nvme: "nvme",
  ahci: "ahci",
  usb: "usb-storage",
} as const satisfies Record<DiskInterface, Disk["bus"]>;

function bootOptions(
  scenario: Scenario,
  options: TrialOptions,
  kernel: TrialKernel,
  disks: readonly MadeDisk[],
): Omit<BootOptions, "initrd" | "modules"> {
  const attached = disks.filter(({ name }) => !scenario.missing.includes(name));
  return {
    kernel: kernel.vmlinuz,
    house: options.house,
    commandLine: scenario.append.split(/\s+/).filter((word) => word !== ""),
    disks: attached.map(({ name, path }) => ({
      file: path,
      format: "raw",
      bus: buses[scenario.disk.find((disk) => disk.name === name)?.interface ?? "virtio"],
      serial: name.slice(0, 20),
      writes: "discard",
    })),
    machine: scenario.vm.type,
    memory: bytesOf(scenario.vm.memory) / 1024 ** 2,
    cpus: scenario.vm.cpus,
    screen: scenario.type.some(({ at }) => at === "keyboard"),
    typing: scenario.type.map(({ when, at, text, after }) => ({
      when,
      type: `${text}\n`,
      keyboard: at === "keyboard",
      ...(after === undefined ? {} : { after }),
    })),
    handed: {
      "report-paths": Object.keys(scenario.expect.files ?? {})
        .map((path) => `${path}\n`)
        .join(""),
      ...(scenario.expect.shell === undefined ? {} : { "assert.sh": scenario.expect.shell }),
    },
    ...(options.icountShift === undefined
      ? {}
      : { icountShift: options.icountShift, accelerator: wantedAccelerator() ?? "tcg" }),
    limit: scenario.limit * (options.patience ?? 1),
    until: scenario.until === "power-off" ? "power-off" : "stage-two",
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
}

async function bootTwiceAtMost(
  wanted: BootOptions,
  scenario: Scenario,
  report: Report,
): Promise<{ readonly booted: BootResult | undefined; readonly retried: boolean }> {
  const first = await boot(wanted, report);
  if (first?.outcome.is !== "qemu-died") return { booted: first, retried: false };
  report({
    code: "U680",
    severity: "warning",
    message: `${scenario.name} runs again: ${first.outcome.because}`,
    at: [],
  });
  return { booted: await boot(wanted, report), retried: true };
}

async function judged(
  scenario: Scenario,
  options: TrialOptions,
  built: BuildResult,
  booted: BootResult,
  retried: boolean,
  report: Report,
): Promise<TrialResult> {
  const archive = readUserland(booted.port).get("journal");
  const journal = archive === undefined ? booted.journal : await readJournal(archive, report);
  const steps = new Map<string, string>();
  for (const { unit, step } of built.compiled?.stage.units ?? []) if (step !== undefined) steps.set(unit.name, step);
  const kind = built.compiled?.stage.kind ?? "systemd";
  const isChosen = built.compiled?.declaration.value["stage-one"].kind === "auto";
  const findings = isChosen ? { findings: [...new Set(built.diagnostics.map(({ code }) => code))] } : {};
  const observed = { ...observedOf(booted, journal, steps, kind), ...findings };
  const failures: Failure[] = judge(scenario.expect, observed).map((one) => ({
    ...one,
    path: ["expect", ...one.path],
  }));
  judgeClients(scenario.client, booted.clients, [], (failure) => failures.push(failure));
  const culprit = booted.timeline.units.find(({ result }) => result === "failed" || result === "timeout");
  const { systemd } = built.compiled?.target ?? {};
  const stageOne = { kind, ...(systemd === undefined ? {} : { systemd }) };
  const result = {
    scenario,
    failures,
    boot: booted,
    journal,
    diagnostics: built.diagnostics,
    retried,
    steps,
    stageOne,
  };
  if (failures.length === 0) return { ...result, verdict: "passed" };
  const evidence = await keepEvidence(options.evidence, scenario.name, booted, journal);
  return { ...result, verdict: "failed", evidence, ...(culprit === undefined ? {} : { culprit }) };
}
