import { singleNeeds, type Plan } from "../plan/plan.ts";
import { describeResource } from "../plan/resource.ts";
import type { Step } from "../plan/step.ts";
import { merged, type Graph, type GraphDevice } from "./graph.ts";

/** The steps of a plan as a graph. `unitsOf` tells what a step becomes, when that is known. */
export function planGraph<B>(plan: Plan<B>, unitsOf?: (step: string) => readonly string[]): Graph {
  return {
    of: "step",
    steps: plan.steps.map((step) => ({
      id: step.id,
      title: step.title,
      devices: devicesOf(step, plan),
      origin: step.origin,
      isOurs: true,
      ...(unitsOf === undefined ? {} : { units: unitsOf(step.id) }),
    })),
    edges: merged(
      plan.edges.map(({ earlier, later, strength, resource }) => {
        return { earlier, later, strength, what: [describeResource(resource)] };
      }),
    ),
  };
}

function devicesOf<B>(step: Step<B>, plan: Plan<B>): readonly GraphDevice[] {
  return singleNeeds(step).flatMap(({ of, from }): readonly GraphDevice[] => {
    if (of.is !== "device" || from === "step") return [];
    const mayBeMade = plan.edges.some((edge) => edge.later === step.id && edge.resource === of);
    return [{ name: deviceLabel(of.names[0]), from: from === "either" && mayBeMade ? "either" : "machine" }];
  });
}

/** A udev link as fstab(5) spells it: `/dev/disk/by-uuid/0f3c` is `UUID=0f3c`. */
export function deviceLabel(device: string): string {
  const found = /^\/dev\/disk\/by-(uuid|label|partuuid|partlabel)\/(.+)$/.exec(device);
  const [, by, value] = found ?? [];
  return by === undefined || value === undefined ? device : `${by.toUpperCase()}=${value}`;
}
