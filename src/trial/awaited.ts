import { basename } from "node:path";
import type { Plan } from "../plan/plan.ts";
import { type Need, type Resource, sameResource } from "../plan/resource.ts";
import type { Step } from "../plan/step.ts";
import { deviceUnit } from "../stage-one/systemd/escape.ts";

type Single = Extract<Need, { is: "one" }>;

/** Of the unit of a device that did not come: which steps wait for it, where that is declared, and who was to bring it. */
export function awaitedDevice<B>(unit: string, { steps }: Pick<Plan<B>, "steps">): string | undefined {
  const waits = steps.flatMap((step) =>
    step.needs
      .flatMap(singles)
      .filter(({ of }) => of.is === "device" && of.names.some((name) => deviceUnit(name) === unit))
      .map((need) => ({ step, need })),
  );
  const [first] = waits;
  if (first === undefined) return undefined;
  const waiting = waits.map(({ step, need: { origin } }) => {
    return `${step.id} (${basename(origin.file)}:${origin.line} ${origin.path})`;
  });
  return `${[...new Set(waiting)].join(", ")} waited for it; ${bringer(first, steps)}`;
}

function bringer<B>({ step, need }: { step: Step<B>; need: Single }, steps: readonly Step<B>[]): string {
  const makes = (is: (one: Resource) => boolean): readonly string[] =>
    steps.filter((other) => other !== step && other.provides.some(is)).map(({ id }) => id);
  const known = makes((one) => sameResource(one, need.of));
  if (known.length > 0) return `${known.join(" or ")} was to make it`;
  const perhaps = need.from === "hardware" ? [] : makes((one) => one.is === "device");
  return ["a disk of the machine was to have it", ...perhaps.map((id) => `or what ${id} makes`)].join(", ");
}

function singles(need: Need): readonly Single[] {
  if (need.is === "one") return [need];
  return (need.is === "first-of" ? need.ways.flatMap(({ needs }) => needs) : need.of).flatMap(singles);
}
