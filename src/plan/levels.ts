/** Steps in an order that respects every edge, such as a plan. */
export interface Ordered<S extends { readonly id: string }> {
  readonly steps: readonly S[];
  readonly edges: readonly { readonly earlier: string; readonly later: string }[];
}

/** Steps grouped by the earliest moment at which they can run: level 0 waits for no step. */
export function levels<S extends { readonly id: string }>(plan: Ordered<S>): readonly (readonly S[])[] {
  const depth = depths(plan);
  const result: S[][] = [];
  for (const step of plan.steps) {
    const level = depth.get(step.id) ?? 0;
    (result[level] ??= []).push(step);
  }
  return result;
}

/** The longest chain of steps that wait for each other, in order: no boot can be shorter than the work along it. */
export function longestChain<S extends { readonly id: string }>(plan: Ordered<S>): readonly S[] {
  const depth = depths(plan);
  const chain: S[] = [];
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

function depths(plan: Ordered<{ readonly id: string }>): ReadonlyMap<string, number> {
  const depth = new Map<string, number>();
  for (const step of plan.steps) {
    depth.set(step.id, Math.max(-1, ...predecessors(plan, step.id).map((id) => depth.get(id) ?? 0)) + 1);
  }
  return depth;
}

function predecessors({ edges }: Pick<Ordered<{ readonly id: string }>, "edges">, id: string): readonly string[] {
  return edges.filter((edge) => edge.later === id).map((edge) => edge.earlier);
}

function deepest<S extends { readonly id: string }>(
  steps: readonly S[],
  depth: ReadonlyMap<string, number>,
): S | undefined {
  return steps.reduce<S | undefined>(
    (best, step) => (best === undefined || (depth.get(step.id) ?? 0) > (depth.get(best.id) ?? 0) ? step : best),
    undefined,
  );
}
