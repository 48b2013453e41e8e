import type { Edge, Plan } from "./plan.ts";
import type { Step, StepId } from "./step.ts";

/** Steps grouped by the earliest moment at which they can run: level 0 waits for no step. */
export function levels<B>(plan: Plan<B>): readonly (readonly Step<B>[])[] {
  const depth = depths(plan);
  const result: Step<B>[][] = [];
  for (const step of plan.steps) {
    const level = depth.get(step.id) ?? 0;
    (result[level] ??= []).push(step);
  }
  return result;
}

/** The longest chain of steps that wait for each other, in order: no boot can be shorter than the work along it. */
export function longestChain<B>(plan: Plan<B>): readonly Step<B>[] {
  const depth = depths(plan);
  const chain: Step<B>[] = [];
  let current = deepest(plan.steps, depth);
  while (current !== undefined) {
    chain.unshift(current);
    const earlier = predecessors(plan, current.id);
    current = deepest(
      plan.steps.filter((step) => earlier.includes(step.id)),
      depth,
    );
  }
  return chain;
}

function depths<B>(plan: Plan<B>): ReadonlyMap<StepId, number> {
  const depth = new Map<StepId, number>();
  for (const step of plan.steps) {
    depth.set(step.id, Math.max(-1, ...predecessors(plan, step.id).map((id) => depth.get(id) ?? 0)) + 1);
  }
  return depth;
}

function predecessors(plan: { readonly edges: readonly Edge[] }, id: StepId): readonly StepId[] {
  return plan.edges.filter((edge) => edge.later === id).map((edge) => edge.earlier);
}

function deepest<B>(steps: readonly Step<B>[], depth: ReadonlyMap<StepId, number>): Step<B> | undefined {
  return steps.reduce<Step<B> | undefined>(
    (best, step) => (best === undefined || (depth.get(step.id) ?? 0) > (depth.get(best.id) ?? 0) ? step : best),
    undefined,
  );
}
