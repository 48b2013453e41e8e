import { shortOrigin } from "../diagnostics/diagnostic.ts";
import { deviceLabel } from "../graph/plan-graph.ts";
import { longestChain } from "../plan/levels.ts";
import type { Plan } from "../plan/plan.ts";
import { describeResource, type Need } from "../plan/resource.ts";
import type { Step, StepId } from "../plan/step.ts";
import { compareFiles } from "./files.ts";
import type { ImageDifference } from "./image-difference.ts";
import { imageFacts, type ComparedImage } from "./image-facts.ts";

/** What a change of declaration changes in the boot. */
export interface DeclarationDifference {
  readonly of: "declarations";
  readonly names: readonly [before: string, after: string];
  readonly settings: readonly Setting[];
  /** Steps that are not the same, in the order of the new plan, with those that are gone where they were. */
  readonly steps: readonly StepChange[];
  readonly image: Omit<ImageDifference, "of" | "names">;
}

/** Something about a step, or about the boot as a whole, on both sides. */
export interface Setting {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

export interface StepChange {
  readonly is: "added" | "removed" | "changed";
  readonly id: StepId;
  readonly title: string;
  readonly origin: string;
  /** Of a step that is new or gone, everything. */
  readonly settings: readonly Setting[];
}

/** One declaration, compiled. */
export interface ComparedBoot<B> {
  readonly name: string;
  readonly plan: Plan<B>;
  readonly stageOne: string;
  readonly kernel: string;
  /** What `[stage-one]` and the like say, by key. */
  readonly options: Readonly<Record<string, string>>;
  readonly image: ComparedImage;
}

export function declarationDifference<B>(before: ComparedBoot<B>, after: ComparedBoot<B>): DeclarationDifference {
  return {
    of: "declarations",
    names: [before.name, after.name],
    settings: changed(settingsOf(before), settingsOf(after)),
    steps: stepChanges(before.plan, after.plan),
    image: {
      before: imageFacts(before.image),
      after: imageFacts(after.image),
      files: compareFiles(before.image.tree, after.image.tree),
    },
  };
}

type Facts = ReadonlyMap<string, string>;

function settingsOf<B>({ plan, stageOne, kernel, options }: ComparedBoot<B>): Facts {
  return new Map([
    ["stage one", stageOne],
    ["kernel", kernel],
    ...Object.entries(options),
    [
      "longest chain",
      longestChain(plan)
        .map(({ id }) => id)
        .join(" → "),
    ],
  ]);
}

/** Steps are the same thing when they have the same id, wherever they are declared. */
export function stepChanges<B>(before: Plan<B>, after: Plan<B>): readonly StepChange[] {
  const old = new Map(before.steps.map((step) => [step.id, step]));
  const kept = new Set(after.steps.map(({ id }) => id));
  const gone = before.steps.flatMap((step) =>
    kept.has(step.id) ? [] : [changeOf("removed", step, changed(factsOf(step, before), new Map()))],
  );
  const rest = after.steps.flatMap((step): StepChange[] => {
    const twin = old.get(step.id);
    if (twin === undefined) return [changeOf("added", step, changed(new Map(), factsOf(step, after)))];
    const settings = changed(factsOf(twin, before), factsOf(step, after));
    return settings.length === 0 ? [] : [changeOf("changed", step, settings)];
  });
  return [...gone, ...rest];
}

function changeOf<B>(is: StepChange["is"], step: Step<B>, settings: readonly Setting[]): StepChange {
  return { is, id: step.id, title: step.title, origin: shortOrigin(step.origin), settings };
}

function changed(before: Facts, after: Facts): readonly Setting[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((what) => {
    const [left, right] = [before.get(what) ?? "", after.get(what) ?? ""];
    return left === right ? [] : [{ what, before: left, after: right }];
  });
}

function factsOf<B>(step: Step<B>, plan: Plan<B>): Facts {
  const earlier = plan.edges.filter(({ later }) => later === step.id).map((edge) => edge.earlier);
  const modules = step.takes.flatMap((one) => (one.is === "module" ? [one.name] : []));
  return new Map([
    ["does", step.title],
    ...Object.entries(step.facts).map(([key, value]) => [key, String(value)] as const),
    ["needs", step.needs.map(needPhrase).join("; ")],
    ["comes after", [...new Set(earlier)].sort().join(", ")],
    ["modules", [...new Set(modules)].sort().join(" ")],
    ["if it fails", step.onFailure === "stop" ? "the boot ends" : "the boot goes on"],
  ]);
}

function needPhrase(need: Need): string {
  switch (need.is) {
    case "one": {
      const what = need.of.is === "device" ? deviceLabel(need.of.names[0]) : describeResource(need.of);
      const limit = need.seconds === undefined ? "" : ` within ${need.seconds} s`;
      return `${need.strength === "requires" ? "" : `${need.strength} `}${what}${limit}`;
    }
    case "first-of":
      return `the first of ${need.ways.map(({ way }) => way).join(", ")}`;
    case "at-least":
      return `${need.count} of ${need.of.map(needPhrase).join(", ")}`;
  }
}
