import { shortOrigin, type Diagnostic, type Origin, type Report } from "../diagnostics/diagnostic.ts";
import type { Plan } from "../plan/plan.ts";
import type { Requirement, Taken } from "../plan/requirement.ts";
import type { StepId, Target } from "../plan/step.ts";
import type { Backends, BootStep } from "./backends.ts";
import { assembleScripted, type ScriptTemplate } from "./scripted/assemble.ts";
import type { ScriptedOptions } from "./scripted/options.ts";
import { assembleSystemd, type SystemdStage } from "./systemd/assemble.ts";
import { scriptedVerdict } from "./scripted/verdict.ts";
import type { DeclaredRoot } from "./systemd/command-line.ts";
import type { SystemdOptions } from "./systemd/options.ts";

export type StageOneKind = keyof Backends;

/** A plan rendered by the stage one that was chosen. */
export interface StageOne {
  readonly kind: StageOneKind;
  /** Steps that kept the systemd stage one from being chosen. */
  readonly fallback: readonly Unsupported[];
  /** Units that unitrd wrote, with the step they belong to; none in a scripted stage one. */
  readonly units: SystemdStage["units"];
  /** Functions of the script, with their arguments; none in a systemd stage one. */
  readonly calls: readonly { readonly step: StepId; readonly call: readonly string[] }[];
  /** The text of /init, when it is a script. */
  readonly script?: string;
  readonly takes: readonly Taken[];
}

export interface Unsupported {
  readonly step: BootStep;
  readonly because: string;
  readonly hint?: string;
  readonly at: Origin;
}

export interface StageOneSettings {
  readonly kind: "auto" | StageOneKind;
  readonly onUnsupported: "fallback" | "error";
  readonly options: SystemdOptions & ScriptedOptions;
  readonly root: DeclaredRoot | undefined;
  readonly template: ScriptTemplate;
}

/**
 * Chooses the stage one, says why when it is not the systemd one (U253, or the error U252), and renders the plan with
 * it. Reports U250 and U251 for steps that it cannot do.
 */
export function renderStageOne(
  plan: Plan<Backends>,
  target: Target,
  settings: StageOneSettings,
  report: Report,
): StageOne {
  const fallback = settings.kind === "auto" ? unsupported(plan, target) : [];
  for (const one of fallback) report(fallbackFinding(one, settings, target));
  const kind = settings.kind === "auto" ? (fallback.length === 0 ? "systemd" : "scripted") : settings.kind;
  if (kind === "scripted" && settings.options.commandLineShell) report(noCommandLineShell(settings));
  const rendered =
    kind === "systemd"
      ? { calls: [], ...assembleSystemd(plan, target, settings.options, settings.root, report) }
      : { units: [], ...assembleScripted(plan, target, settings.options, settings.template, report) };
  return {
    kind,
    fallback,
    ...rendered,
    takes: [...rendered.takes, { requirement: record(kind, fallback), why: [{ what: "the choice of stage one" }] }],
  };
}

function noCommandLineShell({ options }: StageOneSettings): Diagnostic {
  return {
    code: "U255",
    severity: "warning",
    message:
      "the scripted stage one has no shell for rd.systemd.debug_shell, whatever stage-one.command-line-shell says",
    hint: "rd.break stops at a shell, where stage-one.emergency-access allows one",
    at: [options.origin],
  };
}

function unsupported(plan: Plan<Backends>, target: Target): readonly Unsupported[] {
  return plan.steps.flatMap((step) => {
    const verdict = step.render.systemd(target);
    if (verdict.can) return [];
    const { because, hint, at = step.origin } = verdict;
    return [{ step, because, at, ...(hint === undefined ? {} : { hint }) }];
  });
}

function fallbackFinding(one: Unsupported, settings: StageOneSettings, target: Target): Diagnostic {
  const { step, because } = one;
  const scripted = scriptedVerdict(step, target);
  const common = { ...(one.hint === undefined ? {} : { hint: one.hint }), at: [one.at] };
  if (!scripted.can) {
    const message = `no stage one can do ${step.id}: for systemd ${because}; for the script ${scripted.because}`;
    return { code: "U254", severity: "error", message, ...common };
  }
  const message = `the systemd stage one cannot do ${step.id}: ${because}`;
  return settings.onUnsupported === "error"
    ? { code: "U252", severity: "error", message, ...common }
    : { code: "U253", severity: "warning", message: `${message}; a scripted stage one is built`, ...common };
}

/** The image itself says what it is, for whoever looks into it later. */
function record(kind: StageOneKind, fallback: readonly Unsupported[]): Requirement {
  const content = {
    "stage-one": kind,
    fallback: fallback.map(({ step, because, at }) => ({ step: step.id, because, at: shortOrigin(at) })),
  };
  return {
    is: "file",
    path: "/etc/unitrd/stage-one.json",
    mode: 0o644,
    content: `${JSON.stringify(content, undefined, 2)}\n`,
    why: "which stage one this is",
  };
}
