import { deviceLabel } from "../graph/plan-graph.ts";
import { singleNeeds, type Plan } from "../plan/plan.ts";
import type { Step, StepId } from "../plan/step.ts";
import type { Backends } from "../stage-one/backends.ts";

/** What one stage one makes of a step, for people; or why it cannot. */
export type Doing =
  { readonly can: false; readonly because: string; readonly hint?: string } | ({ readonly can: true } & Done);

export interface Done {
  /** Units, or the function of the script. */
  readonly by: readonly string[];
  /** What they are told: commands, what is mounted, arguments. */
  readonly how: readonly string[];
  /** Paths of programs that it starts, besides the shell's own tools. */
  readonly programs: readonly string[];
  /** Tools of busybox that it calls. */
  readonly applets: readonly string[];
  /** What it waits for, and how long. */
  readonly waits: readonly string[];
  /** How long the work itself may take. */
  readonly mayTake: string;
  /** Who asks a person, and where. */
  readonly asks?: string;
  /** How often. */
  readonly tries?: string;
  readonly failure: string;
}

/** A device that a step waits for. */
export interface Wait {
  /** As in fstab(5). */
  readonly device: string;
  /** Seconds. */
  readonly seconds: number;
  /** Steps that may make it. */
  readonly makers: readonly StepId[];
}

export function waitsOf(step: Step<Backends>, plan: Plan<Backends>, deviceTimeout: number): readonly Wait[] {
  return singleNeeds(step).flatMap((need): Wait[] => {
    if (need.of.is !== "device" || need.strength === "order") return [];
    const makers = plan.edges.filter((edge) => edge.later === step.id && edge.resource === need.of);
    const device = deviceLabel(need.of.names[0]);
    return [{ device, seconds: need.seconds ?? deviceTimeout, makers: makers.map(({ earlier }) => earlier) }];
  });
}

export function spanPhrase(seconds: number): string {
  return Number.isFinite(seconds) ? `${seconds} s` : "without end";
}

export function triesPhrase(tries: number): string {
  if (tries === 0) return "until the pass phrase is right";
  return tries === 1 ? "once" : `${tries} times`;
}

/** Whether a step that is left out leaves others without what they need. */
export function isNeeded(step: Step<Backends>, plan: Plan<Backends>): boolean {
  return plan.edges.some((edge) => edge.earlier === step.id && edge.strength === "requires");
}
