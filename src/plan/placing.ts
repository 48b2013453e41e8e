import { suggest } from "../config/suggest.ts";
import type { Diagnostic, Origin } from "../diagnostics/diagnostic.ts";
import type { Edge, Strength } from "./edge.ts";
import type { Need } from "./resource.ts";
import type { Place } from "./place.ts";
import type { Step, StepId } from "./step.ts";

/** The edges to steps that are named. Adds U204 to `faults` for a name that no step has. */
export function namedEdges<B>(steps: readonly Step<B>[], faults: Diagnostic[]): readonly Edge[] {
  const byId = new Map<string, Step<B>>(steps.map((step) => [step.id, step]));
  const find = (place: Place): readonly Step<B>[] => {
    if (place.is !== "step") return [];
    const found = byId.get(place.id);
    if (found === undefined) faults.push(unknownStep(place.id, place.origin, [...byId.keys()]));
    return found === undefined ? [] : [found];
  };
  return steps.flatMap((step) => [
    ...(step.before ?? []).flatMap(find).map((other) => edge(step.id, other.id, strengthOf(step))),
    ...(step.after ?? []).flatMap(find).map((other) => edge(other.id, step.id, strengthOf(other))),
  ]);
}

/** What stands behind a step that has to succeed does not begin when that failed. */
function strengthOf<B>(earlier: Step<B>): Strength {
  return earlier.onFailure === "stop" ? "requires" : "order";
}

/** The pairs of steps that places among many ask for, earlier first. */
export function widePairs<B>(steps: readonly Step<B>[]): readonly Edge[] {
  return steps.flatMap((step) => [
    ...(step.before ?? []).flatMap((place) => meant(place, step, steps).map(({ id }) => edge(step.id, id))),
    ...(step.after ?? []).flatMap((place) => meant(place, step, steps).map(({ id }) => edge(id, step.id))),
  ]);
}

function edge(earlier: StepId, later: StepId, strength: Strength = "order"): Edge {
  return { earlier, later, strength, resource: { is: "step", id: earlier } };
}

function meant<B>(place: Place, itself: Step<B>, steps: readonly Step<B>[]): readonly Step<B>[] {
  if (place.is === "step") return [];
  const { makes, touches } = place;
  return steps.filter((step) => {
    if (step.id === itself.id) return false;
    if (makes === undefined && touches === undefined) return true;
    const isMade = step.provides.some(({ is }) => is === makes || is === touches);
    return isMade || (touches !== undefined && step.needs.some(isOfDevice));
  });
}

function isOfDevice(need: Need): boolean {
  switch (need.is) {
    case "one":
      return need.of.is === "device";
    case "first-of":
      return need.ways.some((way) => way.needs.some(isOfDevice));
    case "at-least":
      return need.of.some(isOfDevice);
  }
}

/** U204, also for a need of a step. */
export function unknownStep(id: string, origin: Origin, ids: readonly string[]): Diagnostic {
  const near = suggest(id, ids);
  return {
    code: "U204",
    severity: "error",
    message: `there is no step ${id}`,
    hint: near === undefined ? `steps of this declaration: ${ids.join(", ")}` : `did you mean ${near}?`,
    at: [origin],
  };
}
