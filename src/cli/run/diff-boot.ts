import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { build } from "../../build/build.ts";
import { rehearseBoth, type RehearsedBoth } from "../../build/compare.ts";
import { measured, type MeasuredBoot } from "../../diff/measured.ts";
import { stageOneDifference, type StageOneDifference } from "../../diff/stage-one-difference.ts";
import { cacheDirectory } from "../../host/cache.ts";
import { scenarioTrees, wantedAccelerator } from "../../host/environment.ts";
import { houseDirectory } from "../../host/house.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { StageOneKind } from "../../stage-one/stage-one.ts";
import { bootBoth, rehearseScenario } from "../../trial/boot-both.ts";
import { findScenarios } from "../../trial/find-scenarios.ts";
import { measuredBoot } from "../../trial/measured-boot.ts";
import { observedOf } from "../../trial/observed.ts";
import type { TrialOptions } from "../../trial/trial-options.ts";
import { trialWorld } from "../../trial/trial-world.ts";
import type { Accelerator } from "../../vm/accelerator.ts";
import { boot } from "../../vm/boot.ts";
import { withPrivateDirectory } from "../../vm/private-directory.ts";
import { bootMaterial, disksOf } from "../boot-material.ts";
import type { Context } from "../context.ts";
import { isDeclaration, note, sysrootOf, type Asked } from "../diff-asked.ts";
import type { Leaving } from "../leaving.ts";
import { progressLine } from "../progress-line.ts";

interface Session {
  readonly asked: Asked;
  readonly leaving: Leaving;
  /** Tells the person what takes so long. */
  readonly begins: (kind: StageOneKind) => void;
}

interface Booted {
  readonly difference: StageOneDifference;
  readonly declaredModules: readonly string[];
  readonly boots: Readonly<Record<StageOneKind, MeasuredBoot>>;
}

/** The two stage ones of a declaration or of a scenario, compared on paper and in two boots with the same disks. */
export async function bootedStageOnes(
  context: Context,
  file: string,
  asked: Asked,
  leaving: Leaving,
): Promise<StageOneDifference | undefined> {
  const progress = progressLine(context, false);
  const begins = (kind: StageOneKind) => progress.show(`booting ${kind === "systemd" ? "systemd" : "the script"}`);
  const session = { asked, leaving, begins };
  const booted = isDeclaration(file) ? await ofDeclaration(file, session) : await ofScenario(file, session);
  progress.clear();
  if (booted === undefined) return undefined;
  const { difference, boots, declaredModules } = booted;
  const clock = wantedAccelerator() === "kvm" ? "real" : "counted";
  return { ...difference, measured: measured(boots, { clock, declaredModules }) };
}

/** The comparison on paper, where both can be booted; otherwise U722 says why not. */
function onPaper(name: string, { both, images = {} }: RehearsedBoth, { found }: Asked): StageOneDifference | undefined {
  if (found.hasErrors() || both === undefined) return undefined;
  const difference = stageOneDifference({ name, both, images });
  const missing = (["systemd", "scripted"] as const).find((kind) => {
    const { unable, faults, image } = difference[kind];
    return unable.length > 0 || faults.length > 0 || image === undefined;
  });
  if (missing === undefined) return difference;
  const message = `${missing === "systemd" ? "the systemd stage one" : "the script"} cannot do all of ${name}`;
  const hint = "without --boot the two are compared on paper, and what keeps it is told";
  found.report({ code: "U722", severity: "error", message, hint, at: [] });
  return undefined;
}

async function ofScenario(file: string, { asked, leaving, begins }: Session): Promise<Booted | undefined> {
  const scenario = scenarioAt(file, asked);
  if (scenario === undefined) return undefined;
  const { sysroot } = asked.flags;
  const chosen = sysroot === undefined ? scenario.scenario : { ...scenario.scenario, sysroot: `${resolve(sysroot)}/` };
  return withPrivateDirectory(async (evidence) => {
    const options: TrialOptions = {
      ...trialWorld(scenarioTrees()),
      folder: scenario.folder,
      evidence,
      icountShift: instructionShift,
      signal: leaving.signal,
    };
    const rehearsed = await rehearseScenario(chosen, options, asked.found.report);
    if (rehearsed === undefined) return undefined;
    note(rehearsed, asked);
    const difference = onPaper(chosen.name, rehearsed, asked);
    if (difference === undefined) return undefined;
    leaving.takeOver();
    const boots = await bootBoth(chosen, options, asked.found.report, begins);
    return boots && { difference, declaredModules: declaredModules(rehearsed), boots };
  });
}

/** 2 ns an instruction: about what an emulated processor does on a machine that has little else to do. */
const instructionShift = 1;

/** The scenario of a folder, or of FOLDER/VARIANT. Reports U721 when there is none. */
function scenarioAt(
  file: string,
  { found, sources }: Asked,
): { readonly folder: string; readonly scenario: Scenario } | undefined {
  const isFolder = existsSync(join(file, "scenario.toml"));
  const folder = isFolder ? file : dirname(file);
  const [read] = existsSync(join(folder, "scenario.toml")) ? findScenarios([folder], found.report) : [];
  if (read !== undefined) sources.set(read.file, read.text);
  if (found.hasErrors()) return undefined;
  const scenario = read?.scenarios.find(({ name }) => isFolder || name.endsWith(`/${basename(file)}`));
  if (read !== undefined && scenario !== undefined) return { folder: read.folder, scenario };
  const names = read?.scenarios.flatMap(({ name }) => (name.includes("/") ? [name.slice(name.indexOf("/") + 1)] : []));
  const message = `${file} is neither a declaration (.toml) nor a scenario to boot`;
  const hint =
    names === undefined ? "a scenario is a folder with scenario.toml" : `its variants are ${names.join(", ")}`;
  found.report({ code: "U721", severity: "error", message, hint, at: [] });
  return undefined;
}

async function ofDeclaration(file: string, session: Session): Promise<Booted | undefined> {
  const { asked } = session;
  const rehearsed = await rehearseBoth({ declaration: [file], ...sysrootOf(asked) });
  note(rehearsed, asked);
  const difference = onPaper(basename(file), rehearsed, asked);
  if (difference === undefined) return undefined;
  session.leaving.takeOver();
  const systemd = await declaredBoot(file, "systemd", session);
  const scripted = systemd && (await declaredBoot(file, "scripted", session));
  if (systemd === undefined || scripted === undefined) return undefined;
  return { difference, declaredModules: declaredModules(rehearsed), boots: { systemd, scripted } };
}

function declaredModules({ both }: RehearsedBoth): readonly string[] {
  if (both === undefined) return [];
  const { load, options } = both.prepared.declaration.value.modules;
  return [...load, ...Object.keys(options)];
}

async function declaredBoot(file: string, kind: StageOneKind, session: Session): Promise<MeasuredBoot | undefined> {
  const { asked, leaving, begins } = session;
  const { flags, found } = asked;
  begins(kind);
  return withPrivateDirectory(async (directory) => {
    const choice = join(directory, "stage-one.toml");
    await writeFile(choice, `[stage-one]\nkind = "${kind}"\n`, { mode: 0o600 });
    const output = join(directory, "initrd");
    const built = await build({ declaration: [file, choice], output, ...sysrootOf(asked) });
    built.diagnostics.filter(({ severity }) => severity === "error").forEach(found.report);
    const { compiled } = built;
    if (built.image === undefined || compiled === undefined) return undefined;
    const { kernel } = flags;
    const wanted = { initrd: output, sysroot: flags.sysroot ?? "/", release: compiled.kernel.version };
    const material = await bootMaterial({ ...wanted, ...(kernel === undefined ? {} : { kernel }) }, found.report);
    const booted =
      material && (await boot({ ...material, ...(await machineOf(asked)), signal: leaving.signal }, found.report));
    if (booted === undefined) return undefined;
    const steps = new Map(
      compiled.stage.units.flatMap(({ unit, step }) => (step === undefined ? [] : [[unit.name, step]])),
    );
    return measuredBoot(booted, observedOf(booted, booted.journal, steps, kind).jobs, "hand-over");
  });
}

async function machineOf({ flags, found }: Asked) {
  const house = houseDirectory();
  const cache = cacheDirectory(found.report);
  const accelerator: Accelerator["kind"] = wantedAccelerator() ?? "tcg";
  return {
    house: { templates: join(house, "templates"), units: join(house, "units") },
    commandLine: flags.append.flatMap((words) => words.trim() || []),
    disks: await disksOf(flags.disk),
    memory: flags.memory,
    typing: flags.type,
    limit: flags.limit,
    icountShift: instructionShift,
    accelerator,
    until: "hand-over",
    handed: { "want-parameters": "" },
    ...(cache === undefined ? {} : { cacheDirectory: cache }),
  } as const;
}
