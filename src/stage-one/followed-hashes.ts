import type { Plan } from "../plan/plan.ts";
import type { Backends } from "./backends.ts";

/** Words for a root hash that a step of this plan follows, and that are refused else. */
export function followedHashes(plan: Plan<Backends>): ReadonlySet<string> {
  const words = plan.steps.flatMap(({ overrides }) => overrides);
  return new Set(words.flatMap(({ word, effect }) => (effect === "replaces" && word.endsWith("hash") ? [word] : [])));
}
