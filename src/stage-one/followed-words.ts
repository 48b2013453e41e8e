import type { Plan } from "../plan/plan.ts";
import type { Backends } from "./backends.ts";

/** Words that are refused unless a step of the plan follows them: they are about what few machines have. */
const conditional: ReadonlySet<string> = new Set(["roothash", "usrhash", "resume"]);

/** Of those the words that a step of this plan follows. */
export function followedWords(plan: Plan<Backends>): ReadonlySet<string> {
  const overrides = plan.steps.flatMap((step) => step.overrides);
  return new Set(
    overrides.flatMap(({ word, effect }) => (effect === "replaces" && conditional.has(word) ? [word] : [])),
  );
}
