import { levels, longestChain } from "../plan/levels.ts";
import type { Plan } from "../plan/plan.ts";
import type { Step, StepId } from "../plan/step.ts";

/** Where a step stands in each of the two orders of one plan. */
export interface Aligned<S> {
  readonly step: S;
  /** Its turn in the script, from 1. */
  readonly turn: number;
  /** What it waits for at least, in steps one after the other: those of one level may run side by side. */
  readonly level: number;
  /** Whether it is on the longest chain. */
  readonly isOnChain: boolean;
}

export interface Order {
  readonly script: readonly StepId[];
  readonly levels: readonly (readonly StepId[])[];
  readonly chain: readonly StepId[];
}

/** The steps of a plan in the order of the script, each once, with their place in the graph. */
export function alignment<B>(plan: Plan<B>): readonly Aligned<Step<B>>[] {
  const level = new Map(levels(plan).flatMap((steps, index) => steps.map(({ id }) => [id, index] as const)));
  const chain = new Set(longestChain(plan).map(({ id }) => id));
  return plan.steps.map((step, index) => ({
    step,
    turn: index + 1,
    level: level.get(step.id) ?? 0,
    isOnChain: chain.has(step.id),
  }));
}

export function orderOf<B>(plan: Plan<B>): Order {
  return {
    script: plan.steps.map(({ id }) => id),
    levels: levels(plan).map((steps) => steps.map(({ id }) => id)),
    chain: longestChain(plan).map(({ id }) => id),
  };
}
