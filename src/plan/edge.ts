import type { Resource } from "./resource.ts";
import type { StepId } from "./step.ts";

export type Strength = "requires" | "wants" | "order";

/** `earlier` comes before `later`, because `later` needs `resource`. */
export interface Edge {
  readonly earlier: StepId;
  readonly later: StepId;
  readonly strength: Strength;
  readonly resource: Resource;
}
