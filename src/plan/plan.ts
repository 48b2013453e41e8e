import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import type { Edge, Strength } from "./edge.ts";
import type { Place } from "./place.ts";
import { namedEdges, unknownStep, widePairs } from "./placing.ts";
import { describeResource, sameResource, type Need, type Resource } from "./resource.ts";
import type { Step, StepId } from "./step.ts";

/**
 * Steps in an order that respects every edge; among equals, those that work before those that wait, and then the order
 * in which they were declared.
 */
export interface Plan<Backends> {
  readonly steps: readonly Step<Backends>[];
  readonly edges: readonly Edge[];
}

/**
 * Orders steps by what they need and provide. Reports U200 (two steps with one name), U201 (two providers),
 * U202 (nobody provides), U203 (a cycle); undefined when the steps cannot be ordered.
 */
export function makePlan<Backends>(all: readonly Step<Backends>[], report: Report): Plan<Backends> | undefined {
  const steps = wantedSteps(all);
  const faults: Diagnostic[] = [...doubledNames(steps), ...doubledProviders(steps)];
  const hard = [...steps.flatMap((step) => hardEdges(step, steps, faults)), ...namedEdges(steps, faults)];
  faults.forEach(report);
  if (faults.length > 0) return undefined;
  const cycle = findCycle(steps, hard);
  if (cycle !== undefined) {
    report(cycleFault(cycle));
    return undefined;
  }
  const ordered = [...hard, ...softEdges(steps, hard)];
  const edges = [...ordered, ...wideEdges(steps, ordered)];
  return { steps: sortTopologically(steps, edges), edges };
}

/** Without those on demand that nobody, directly or not, asks for. */
function wantedSteps<B>(all: readonly Step<B>[]): readonly Step<B>[] {
  const wanted = new Set(all.filter((step) => step.onDemand !== true));
  for (const step of wanted) {
    for (const other of all) if (!wanted.has(other) && asksFor(step, other)) wanted.add(other);
  }
  return all.filter((step) => wanted.has(step));
}

function asksFor<B>(step: Step<B>, other: Step<B>): boolean {
  const names = (place: Place): boolean => place.is === "step" && place.id === other.id;
  const places = [...(step.before ?? []), ...(step.after ?? [])];
  return places.some(names) || singleNeeds(step).some((need) => makes(other, need.of));
}

function doubledNames<B>(steps: readonly Step<B>[]): Diagnostic[] {
  return pairs(steps)
    .filter(([first, second]) => first.id === second.id)
    .map(([first, second]) => ({
      code: "U200",
      severity: "error",
      message: `two steps are called ${first.id}`,
      at: [second.origin, first.origin],
    }));
}

function doubledProviders<B>(steps: readonly Step<B>[]): Diagnostic[] {
  return pairs(steps).flatMap(([first, second]) =>
    first.provides
      .filter((resource) => second.provides.some((other) => sameResource(resource, other)))
      .map((resource): Diagnostic => ({
        code: "U201",
        severity: "error",
        message: `${first.id} and ${second.id} both make ${describeResource(resource)}`,
        at: [second.origin, first.origin],
      })),
  );
}

function pairs<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((first, index) => items.slice(index + 1).map((second): [T, T] => [first, second]));
}

function hardEdges<B>(step: Step<B>, steps: readonly Step<B>[], faults: Diagnostic[]): Edge[] {
  return step.needs
    .flatMap((need) => needEdges(need))
    .flatMap(({ need, strength }) => {
      const providers = steps.filter((other) => other.id !== step.id && makes(other, need.of));
      if (need.of.is === "step" && providers.length === 0) {
        faults.push(
          unknownStep(
            need.of.id,
            need.origin,
            steps.map(({ id }) => id),
          ),
        );
      } else if (providers.length === 0 && need.from === "step" && need.strength === "requires") {
        faults.push(unprovided(step, need));
      }
      return providers.map((provider): Edge => ({ earlier: provider.id, later: step.id, strength, resource: need.of }));
    });
}

function makes<B>(step: Step<B>, resource: Resource): boolean {
  if (resource.is === "step") return resource.id === step.id;
  return step.provides.some((made) => sameResource(made, resource));
}

type SingleNeed = Extract<Need, { is: "one" }>;

/** Ways and members of a set are each wanted only: that enough of them came is for the step itself to see. */
function needEdges(need: Need): { need: SingleNeed; strength: Strength }[] {
  switch (need.is) {
    case "one":
      return [{ need, strength: need.strength }];
    case "first-of":
      return need.ways.flatMap((way) => edgesOfWay(way)).map(loosen);
    case "at-least":
      return need.of.flatMap(needEdges).map(loosen);
  }
}

type Way = Extract<Need, { is: "first-of" }>["ways"][number];

function edgesOfWay({ needs, seconds }: Way): { need: SingleNeed; strength: Strength }[] {
  const edges = needs.flatMap(needEdges);
  if (seconds === undefined) return edges;
  return edges.map(({ need, strength }) => ({ need: { ...need, seconds: need.seconds ?? seconds }, strength }));
}

function loosen(edge: { need: SingleNeed; strength: Strength }): { need: SingleNeed; strength: Strength } {
  return edge.strength === "requires" ? { ...edge, strength: "wants" } : edge;
}

/** Every need of one resource that a step has, whatever alternatives it stands in. */
export function singleNeeds<B>(step: Pick<Step<B>, "needs">): readonly SingleNeed[] {
  return step.needs.flatMap(needEdges).map(({ need, strength }) => ({ ...need, strength }));
}

/** What each way of a `first-of` need takes, by the name of the way; within its way a need is as strong as it says. */
export function needsOfWays<B>(step: Step<B>): ReadonlyMap<string, readonly SingleNeed[]> {
  const ways = step.needs.flatMap((need) => (need.is === "first-of" ? need.ways : []));
  return new Map(
    ways.map((way) => [way.way, edgesOfWay(way).map(({ need, strength }) => ({ ...need, strength }))] as const),
  );
}

function unprovided<B>(step: Step<B>, need: SingleNeed): Diagnostic {
  return {
    code: "U202",
    severity: "error",
    message: `${step.id} needs ${describeResource(need.of)}, and nothing that is declared makes it`,
    hint: unprovidedHint(need.of),
    at: [need.origin],
  };
}

function unprovidedHint(resource: Resource): string {
  if (resource.is === "network") return "declare the link that leads there, in [network.links]";
  if (resource.is === "mount") return `declare filesystems."${resource.path}"`;
  const device = resource.is === "device" ? resource.names[0] : "";
  const mapping = /^\/dev\/mapper\/(.+)$/.exec(device)?.[1];
  const volume = /^([^-]+(?:--[^-]+)*)-(?!-)(.+)$/.exec(mapping ?? "")?.[1]?.replaceAll("--", "-");
  const array = /^\/dev\/(?:md\/)?(.+)$/.exec(device.startsWith("/dev/md") ? device : "")?.[1];
  const table =
    mapping === undefined
      ? array === undefined
        ? "what makes it"
        : `raid.${array}`
      : `luks.${mapping}${volume === undefined ? "" : `, or lvm.${volume} with this volume`}`;
  return `declare ${table}, or name the device by UUID, LABEL, PARTUUID or PARTLABEL`;
}

/**
 * A device that is found by its content may come from the machine or from any step that makes block devices, so its
 * user comes after all of those. Steps of one kind do not wait for each other this way (two LUKS devices unlock side
 * by side), and an edge that would close a cycle proves that this step is not the one.
 */
function softEdges<B>(steps: readonly Step<B>[], hard: readonly Edge[]): Edge[] {
  const later = laterSteps(hard);
  const makers = steps.filter((step) => step.provides.some((resource) => resource.is === "device"));
  const soft: Edge[] = [];
  for (const step of steps) {
    const found = singleNeeds(step).filter((need) => need.of.is === "device" && need.from === "either");
    if (found.length === 0 && step.finds !== true) continue;
    // What comes after this step stays the same while edges to it are added.
    const after = reachable(later, step.id);
    for (const maker of makers) {
      if (kindOf(maker) === kindOf(step) || after.has(maker.id) || isUsuallyAbove(maker, step)) continue;
      if (later.get(maker.id)?.has(step.id) === true) continue;
      connect(later, maker.id, step.id);
      const resource = found[0]?.of ?? { is: "step", id: maker.id };
      soft.push({ earlier: maker.id, later: step.id, strength: "order", resource });
    }
  }
  return soft;
}

/** Of two steps that both look for their devices either may be below; then it is as on most machines. */
function isUsuallyAbove<B>(maker: Step<B>, step: Step<B>): boolean {
  const looks = maker.finds === true || singleNeeds(maker).some(({ from }) => from === "either");
  return looks && (maker.layer ?? 0) > (step.layer ?? Infinity);
}

/** A place among many gives way where it would close a circle. */
function wideEdges<B>(steps: readonly Step<B>[], present: readonly Edge[]): readonly Edge[] {
  const later = laterSteps(present);
  return widePairs(steps).filter(({ earlier, later: after }) => {
    if (reachable(later, after).has(earlier)) return false;
    connect(later, earlier, after);
    return true;
  });
}

export function kindOf<B>(step: Pick<Step<B>, "id">): string {
  return step.id.slice(0, step.id.indexOf(":"));
}

/** For each step those that wait for it directly. */
function laterSteps(edges: readonly Edge[]): Map<StepId, Set<StepId>> {
  const later = new Map<StepId, Set<StepId>>();
  for (const edge of edges) connect(later, edge.earlier, edge.later);
  return later;
}

function connect(later: Map<StepId, Set<StepId>>, from: StepId, to: StepId): void {
  const known = later.get(from);
  if (known === undefined) later.set(from, new Set([to]));
  else known.add(to);
}

/** The step itself and all that wait for it, directly or not. */
function reachable(later: ReadonlyMap<StepId, ReadonlySet<StepId>>, from: StepId): ReadonlySet<StepId> {
  const seen = new Set<StepId>([from]);
  for (const id of seen) for (const next of later.get(id) ?? []) seen.add(next);
  return seen;
}

/** The shortest cycle through the first step that stands in one. */
function findCycle<B>(steps: readonly Step<B>[], edges: readonly Edge[]): Step<B>[] | undefined {
  const later = laterSteps(edges);
  const byId = new Map(steps.map((step) => [step.id, step]));
  if (sortTopologically(steps, edges).length === steps.length) return undefined;
  for (const { id } of steps) {
    const cycle = pathBack(later, id);
    if (cycle !== undefined) return cycle.flatMap((one) => byId.get(one) ?? []);
  }
  return undefined;
}

/** The steps of a shortest way from a step back to itself. */
function pathBack(later: ReadonlyMap<StepId, ReadonlySet<StepId>>, start: StepId): StepId[] | undefined {
  const cameFrom = new Map<StepId, StepId>();
  const waiting = new Set<StepId>([start]);
  for (const id of waiting) {
    for (const next of later.get(id) ?? []) {
      if (next === start) return wayTo(id, start, cameFrom);
      if (waiting.has(next)) continue;
      waiting.add(next);
      cameFrom.set(next, id);
    }
  }
  return undefined;
}

function wayTo(end: StepId, start: StepId, cameFrom: ReadonlyMap<StepId, StepId>): StepId[] {
  const way: StepId[] = [];
  for (let id: StepId | undefined = end; id !== undefined && id !== start; id = cameFrom.get(id)) way.unshift(id);
  return [start, ...way];
}

function cycleFault<B>(cycle: readonly Step<B>[]): Diagnostic {
  const ids = cycle.map((step) => step.id);
  return {
    code: "U203",
    severity: "error",
    message: `these steps wait for each other: ${[...ids, ids[0]].join(" → ")}`,
    hint: "each of them needs what another makes; break the circle at one of these lines",
    at: cycle.map((step) => step.origin),
  };
}

/** Steps that stand in a cycle, or come after one, are left out. */
function sortTopologically<B>(steps: readonly Step<B>[], edges: readonly Edge[]): Step<B>[] {
  const later = laterSteps(edges);
  const waitsFor = new Map<StepId, number>();
  for (const nexts of later.values()) {
    for (const next of nexts) waitsFor.set(next, (waitsFor.get(next) ?? 0) + 1);
  }
  const left = [...steps];
  const done: Step<B>[] = [];
  for (;;) {
    const isReady = (step: Step<B>): boolean => (waitsFor.get(step.id) ?? 0) === 0;
    const active = left.findIndex((step) => isReady(step) && step.isWaiting !== true);
    const index = active === -1 ? left.findIndex(isReady) : active;
    const [step] = index === -1 ? [] : left.splice(index, 1);
    if (step === undefined) return done;
    done.push(step);
    for (const next of later.get(step.id) ?? []) waitsFor.set(next, (waitsFor.get(next) ?? 0) - 1);
  }
}
