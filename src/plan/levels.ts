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
  const earlier = predecessors(plan);
  const chain: S[] = [];
  let current = deepest(plan.steps, depth);
  while (current !== undefined) {
    chain.unshift(current);
    const before = earlier.get(current.id);
    current =
      before === undefined
        ? undefined
        : deepest(
            plan.steps.filter((step) => before.has(step.id)),
            depth,
          );
  }
  return chain;
}

function depths(plan: Ordered<{ readonly id: string }>): ReadonlyMap<string, number> {
  const depth = new Map<string, number>();
  const earlier = predecessors(plan);
  for (const { id } of plan.steps) {
    let deepestBefore = -1;
    for (const before of earlier.get(id) ?? []) deepestBefore = Math.max(deepestBefore, depth.get(before) ?? 0);
    depth.set(id, deepestBefore + 1);
  }
  return depth;
}

function predecessors({ edges }: Pick<Ordered<never>, "edges">): ReadonlyMap<string, ReadonlySet<string>> {
  const earlier = new Map<string, Set<string>>();
  for (const edge of edges) {
    const known = earlier.get(edge.later);
    if (known === undefined) earlier.set(edge.later, new Set([edge.earlier]));
    else known.add(edge.earlier);
  }
  return earlier;
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
