import type { Both, Side } from "../compile/both.ts";
import { shortOrigin, type Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Why } from "../diagnostics/reason.ts";
import type { Plan } from "../plan/plan.ts";
import type { StepId } from "../plan/step.ts";
import type { Backends, BootStep } from "../stage-one/backends.ts";
import { commandLineWords } from "../stage-one/command-line-words.ts";
import type { StageOneKind } from "../stage-one/stage-one.ts";
import { alignment, orderOf, type Aligned, type Order } from "./alignment.ts";
import type { Doing } from "./doing.ts";
import { compareFiles, type FileDifference } from "./files.ts";
import { imageFacts, type ComparedImage, type ImageFacts } from "./image-facts.ts";
import { abilities, manners, type Ability, type Manner, type MannerFacts } from "./manner.ts";
import type { Measured } from "./measured.ts";
import { scriptFunctions } from "./script-functions.ts";
import { scriptedDoing, type ScriptFacts } from "./scripted-doing.ts";
import { systemdDoing } from "./systemd-doing.ts";
import { wordRows, type WordRow } from "./words.ts";

/** The two stage ones of one declaration, beside each other. */
export interface StageOneDifference {
  readonly of: "stage-ones";
  /** The declaration, as it was named. */
  readonly name: string;
  /** What `build` makes of it; undefined when it refuses. */
  readonly chosen: StageOneKind | undefined;
  readonly systemd: SideFacts;
  readonly scripted: SideFacts;
  readonly manners: readonly Manner[];
  readonly order: Order;
  readonly steps: readonly StepRow[];
  readonly words: readonly WordRow[];
  readonly abilities: readonly Ability[];
  /** From systemd's image to the script's; undefined when one of them cannot be made at all. */
  readonly files: FileDifference | undefined;
  /** What became of them when they were booted. */
  readonly measured?: Measured;
}

export interface SideFacts {
  /** Steps that it cannot do, and what else keeps it from being built. */
  readonly unable: readonly StepId[];
  readonly faults: readonly string[];
  readonly image?: ImageFacts;
}

export interface StepRow {
  readonly id: StepId;
  readonly title: string;
  readonly origin: string;
  readonly turn: number;
  readonly level: number;
  readonly isOnChain: boolean;
  readonly systemd: Doing;
  readonly scripted: Doing;
  /** Modules that it takes: those in the image, and in brackets those that the kernel has built in. */
  readonly modules: Readonly<Record<StageOneKind, readonly string[]>>;
  /** Words of the kernel command line that are about it. */
  readonly words: readonly string[];
}

export interface StageOnes {
  readonly name: string;
  readonly both: Both;
  readonly images: Readonly<Partial<Record<StageOneKind, ComparedImage>>>;
}

/** Lays the two stage ones of a plan side by side, step by step. */
export function stageOneDifference({ name, both, images }: StageOnes): StageOneDifference {
  const { prepared, sides } = both;
  const { target, declaration } = prepared;
  const plan: Plan<Backends> = prepared.plan ?? { steps: [], edges: [] };
  const stageOne = declaration.value["stage-one"];
  const options = { deviceTimeout: stageOne["device-timeout"], consoles: declaration.value.console.devices };
  const script = scriptFacts(sides.scripted, options.deviceTimeout);
  const steps = alignment(plan).map((aligned) =>
    stepRow(aligned, both, {
      systemd: systemdDoing(aligned.step, plan, target, options),
      scripted: scriptedDoing(aligned.step, plan, target, script),
    }),
  );
  const facts: MannerFacts = {
    systemd: target.systemd,
    emergencyAccess: stageOne["emergency-access"],
    panicOnFail: stageOne["panic-on-fail"],
    commandLineShell: stageOne["command-line-shell"],
    deviceTimeout: options.deviceTimeout,
    prompts: plan.steps.some((step) => step.facts["prompts"] === true),
    mountsUsr: plan.steps.some(({ id }) => id === "mount:/usr"),
  };
  const systemd = sideFacts("systemd", steps, sides.systemd, images.systemd);
  const scripted = sideFacts("scripted", steps, sides.scripted, images.scripted);
  const choice = chosen(steps, stageOne.kind, stageOne["on-unsupported"]);
  const isSound = choice !== undefined && { systemd, scripted }[choice].faults.length === 0;
  return {
    of: "stage-ones",
    name,
    chosen: isSound ? choice : undefined,
    systemd,
    scripted,
    manners: manners(facts),
    order: orderOf(plan),
    steps,
    words: wordRows(commandLineWords, facts),
    abilities: abilities(facts),
    files:
      images.systemd === undefined || images.scripted === undefined
        ? undefined
        : compareFiles(images.systemd.tree, images.scripted.tree),
  };
}

function scriptFacts(side: Side, deviceTimeout: number): ScriptFacts {
  const takes = side.compiled?.stage.takes ?? [];
  const applets = takes.flatMap(({ requirement }) =>
    requirement.is === "symlink" && requirement.target.endsWith("/busybox")
      ? [requirement.path.slice(requirement.path.lastIndexOf("/") + 1)]
      : [],
  );
  return {
    functions: scriptFunctions(side.compiled?.stage.script ?? ""),
    applets: new Set(applets),
    deviceTimeout,
  };
}

function stepRow({ step, ...place }: Aligned<BootStep>, both: Both, doings: Record<StageOneKind, Doing>): StepRow {
  return {
    id: step.id,
    title: step.title,
    origin: shortOrigin(step.origin),
    ...place,
    ...doings,
    modules: { systemd: modulesOf(step.id, both.sides.systemd), scripted: modulesOf(step.id, both.sides.scripted) },
    words: step.overrides.map(({ word }) => word),
  };
}

/** In the order of the alphabet, those of the kernel itself in brackets. */
function modulesOf(id: StepId, side: Side): readonly string[] {
  const isFor = ({ why }: { readonly why: readonly Why[] }) =>
    why.some((chain) => chain.some(({ what }) => what === `step ${id}`));
  const { modules = [], builtin = [] } = side.compiled?.modules ?? {};
  return [
    ...modules.filter(isFor).map(({ name }) => name),
    ...builtin.filter(isFor).map(({ name }) => `(${name})`),
  ].sort((a, b) => (a.replace("(", "") < b.replace("(", "") ? -1 : 1));
}

function sideFacts(
  kind: StageOneKind,
  steps: readonly StepRow[],
  side: Side,
  image: ComparedImage | undefined,
): SideFacts {
  const errors = side.found.filter(({ severity }: Diagnostic) => severity === "error");
  return {
    unable: steps.filter((step) => !step[kind].can).map(({ id }) => id),
    faults: errors.map(({ message }) => message),
    ...(image === undefined ? {} : { image: imageFacts(image) }),
  };
}

/** As `build` chooses. */
function chosen(
  steps: readonly StepRow[],
  kind: "auto" | StageOneKind,
  onUnsupported: "fallback" | "error",
): StageOneKind | undefined {
  const can = (one: StageOneKind) => steps.every((step) => step[one].can);
  if (kind !== "auto") return can(kind) ? kind : undefined;
  if (can("systemd")) return "systemd";
  return onUnsupported === "fallback" && can("scripted") ? "scripted" : undefined;
}
