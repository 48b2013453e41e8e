import { join, resolve } from "node:path";
import { build, type BuildResult } from "../build/build.ts";
import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import { type DiskMaking, makeDisks, type MadeDisk } from "../disks/make.ts";
import { cacheDirectory } from "../host/cache.ts";
import { directoryTree } from "../host/directory-tree.ts";
import { errorCode, messageOf } from "../host/failure.ts";
import { judge } from "../scenario/assert.ts";
import { judgeClients } from "../scenario/judge/clients.ts";
import type { Failure } from "../scenario/failure.ts";
import type { StageOneKind } from "../scenario/per-stage-one.ts";
import { forStageOne, type Scenario } from "../scenario/scenario.ts";
import type { BootResult } from "../vm/boot.ts";
import { readJournal } from "../vm/journal.ts";
import type { JournalEntry } from "../vm/journal-entry.ts";
import { withPrivateDirectory } from "../vm/private-directory.ts";
import type { UnitTime } from "../vm/timeline.ts";
import { awaitedDevice } from "./awaited.ts";
import { layOutDeclaration } from "./declaration.ts";
import { keepEvidence } from "./evidence.ts";
import { kernelOf, type TrialKernel } from "./kernel.ts";
import { observedOf } from "./observed.ts";
import { type Booted, type BootMaterials, runBoots } from "./run-boots.ts";
import { secretsOf } from "./secrets.ts";
import type { TrialOptions } from "./trial-options.ts";
import { withRootHashes } from "./root-hashes.ts";
import { readUserland } from "./userland.ts";

export interface TrialResult {
  readonly scenario: Scenario;
  /** `not-run`: what was reported kept it from being booted. */
  readonly verdict: "passed" | "failed" | "not-run";
  /** What did not come true, the first thing first. */
  readonly failures: readonly Failure[];
  /** How the boot ended; absent when there was none. */
  readonly boot?: BootResult;
  /** Which of several boots that was. */
  readonly bootName?: string;
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
  /** When that is a device: who waited for it, and who was to bring it. */
  readonly awaited?: string;
  /** The stage one that was built, and the systemd of the tree, whichever that is. */
  readonly stageOne?: { readonly kind: StageOneKind; readonly systemd?: number };
}

/**
 * Runs a scenario: makes its disks, builds its image, boots it, once or several times, and compares what came true with
 * what must. Reports what kept it from running, and QEMU's own death, after which it runs once more (U680).
 */
export async function runScenario(declared: Scenario, options: TrialOptions, report: Report): Promise<TrialResult> {
  let scenario = declared;
  const notRun = {
    scenario: declared,
    verdict: "not-run",
    failures: [],
    journal: [],
    diagnostics: [],
    retried: false,
  } as const;
  const tree = treeOf(scenario, options, report);
  if (tree === undefined) return notRun;
  const sysroot = directoryTree(tree);
  try {
    const kernel = kernelOf(sysroot, tree, scenario.kernel ?? defaultKernel(scenario), report);
    const disks = await makeTrialDisks([scenario], options, report);
    if (kernel === undefined || disks.length !== scenario.disk.length) return notRun;
    scenario = await withRootHashes(declared, disks);
    return await withPrivateDirectory(async (directory) => {
      const built = await buildTrial(directory, scenario, options, { tree, kernel, disks }, report);
      if (built?.image === undefined) return { ...notRun, diagnostics: built?.diagnostics ?? [] };
      const asked = forStageOne(scenario, built.compiled?.stage.kind ?? "systemd");
      const materials: BootMaterials = {
        kernel,
        disks,
        initrd: built.image.path,
        modules: { tree: sysroot, directory: kernel.modules },
        directory,
        folder: join(directory, "declaration"),
      };
      const judgement = judging(built, report);
      const isRight = async (booted: Booted): Promise<boolean> => (await judgement.of(booted)).failures.length === 0;
      const run = await runBoots(asked, options, materials, isRight, report);
      const last = run?.boots.at(-1);
      if (run === undefined || last === undefined) return { ...notRun, diagnostics: built.diagnostics };
      const told = await judgement.of(last);
      return await concluded(asked, options, { built, booted: last, retried: run.retried, ...told });
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

interface Judged {
  readonly failures: readonly Failure[];
  readonly journal: readonly JournalEntry[];
}

/** What did not come true of each boot; a boot is judged once. */
function judging(built: BuildResult, report: Report) {
  const steps = stepsOf(built);
  const kind = built.compiled?.stage.kind ?? "systemd";
  const isChosen = built.compiled?.declaration.value["stage-one"].kind === "auto";
  const findings = isChosen ? { findings: [...new Set(built.diagnostics.map(({ code }) => code))] } : {};
  const known = new Map<Booted, Judged>();

  const judgeBoot = async (booted: Booted): Promise<Judged> => {
    const { wanted, result, disks } = booted;
    const archive = readUserland(result.port).get("journal");
    const journal = archive === undefined ? result.journal : await readJournal(archive, report);
    const observed = { ...observedOf(result, journal, steps, kind), ...findings, disks };
    const failures: Failure[] = judge(wanted.expect, observed).map((one) => ({
      ...one,
      path: [...wanted.path, "expect", ...one.path],
    }));
    judgeClients(wanted.client, result.clients, wanted.path, (failure) => failures.push(failure));
    return { failures, journal };
  };
  return {
    async of(booted: Booted): Promise<Judged> {
      const judged = known.get(booted) ?? (await judgeBoot(booted));
      known.set(booted, judged);
      return judged;
    },
  };
}

function stepsOf(built: BuildResult): ReadonlyMap<string, string> {
  const units = built.compiled?.stage.units ?? [];
  return new Map(units.flatMap(({ unit, step }) => (step === undefined ? [] : [[unit.name, step] as const])));
}

/** The result of a scenario, told by the boot that ended it: the last one, or the first that went wrong. */
async function concluded(
  scenario: Scenario,
  options: TrialOptions,
  told: Judged & { readonly built: BuildResult; readonly booted: Booted; readonly retried: boolean },
): Promise<TrialResult> {
  const { built, retried } = told;
  const secrets = secretsOf(scenario);
  const boot = secrets.boot(told.booted.result);
  const journal = secrets.journal(told.journal);
  const failures = told.failures.map((failure) => secrets.failure(failure));
  const culprit = boot.timeline.units.find(({ result }) => result === "failed" || result === "timeout");
  const { name: bootName } = told.booted.wanted;
  const { systemd } = built.compiled?.target ?? {};
  const result = {
    scenario,
    failures,
    boot,
    journal,
    diagnostics: built.diagnostics,
    retried,
    steps: stepsOf(built),
    stageOne: { kind: built.compiled?.stage.kind ?? "systemd", ...(systemd === undefined ? {} : { systemd }) },
  };
  const named = { ...result, ...(bootName === undefined ? {} : { bootName }) };
  if (failures.length === 0) return { ...named, verdict: "passed" };
  if (options.signal?.aborted === true) return { ...named, verdict: "failed" };
  const evidence = await keepEvidence(options.evidence, scenario.name, boot, journal);
  const plan = built.compiled?.plan;
  const awaited = plan && culprit && awaitedDevice(culprit.unit, plan);
  const cause = { ...(culprit === undefined ? {} : { culprit }), ...(awaited === undefined ? {} : { awaited }) };
  return { ...named, verdict: "failed", evidence, ...cause };
}
