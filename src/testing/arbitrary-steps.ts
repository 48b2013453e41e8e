import fc from "fast-check";
import type { Origin } from "../diagnostics/diagnostic.ts";
import type { DeviceName, Need, Resource } from "../plan/resource.ts";
import type { Step } from "../plan/step.ts";

/** A stage one that makes nothing of a step. */
export interface BareBackends {
  readonly bare: null;
}

/** Steps as the plan sees them, and no more. */
export type BareStep = Step<BareBackends>;

/** What a test says of a step; the rest does not matter to a plan. */
export type StepFacts = Pick<BareStep, "id"> & Partial<BareStep>;

export function bareStep(facts: StepFacts, index = 0): BareStep {
  return {
    title: facts.id,
    origin: originAt(index + 1, facts.id),
    needs: [],
    provides: [],
    takes: [],
    overrides: [],
    onFailure: "stop",
    facts: {},
    render: { bare: () => ({ can: true, rendering: null }) },
    ...facts,
  };
}

export function originAt(line: number, path = "table"): Origin {
  return { file: "machine.toml", path, line, column: 1, isDefault: false };
}

/**
 * Steps with names of their own, of which no two make the same thing, and needs of every kind. Needs may close circles
 * unless `forward` says that a step only needs what an earlier one makes.
 */
export function arbitrarySteps(
  options: { readonly forward?: boolean; readonly most?: number } = {},
): fc.Arbitrary<readonly BareStep[]> {
  return fc
    .array(
      fc.record({
        kind: fc.constantFrom("luks", "raid", "mount", "console"),
        makes,
        needs: fc.array(wish, { maxLength: 4 }),
      }),
      {
        maxLength: options.most ?? 12,
      },
    )
    .map((drafts) => {
      const made = drafts.map((draft, index) => resourcesOf(draft.makes, index));
      return drafts.map((draft, index) => {
        const known = options.forward === true ? made.slice(0, index) : made;
        const provides = made[index] ?? [];
        const needs = draft.needs.map((one) => needOf(one, known.flat()));
        return bareStep({ id: `${draft.kind}:${index}`, provides, needs }, index);
      });
    });
}

type Makes = "device" | "aliases" | "mount" | "milestone" | "secret" | "nothing";
const makes = fc.constantFrom<Makes>("device", "aliases", "mount", "milestone", "secret", "nothing");

const milestones = ["console-ready", "resume-decided", "root-ready"] as const;

function resourcesOf(kind: Makes, index: number): readonly Resource[] {
  switch (kind) {
    case "device":
      return [{ is: "device", names: [`/dev/mapper/${index}`] }];
    case "aliases":
      return [{ is: "device", names: [`/dev/vg/${index}`, `/dev/mapper/vg-${index}`] }];
    case "mount":
      return [{ is: "mount", path: `/${index}` }];
    case "milestone": {
      const name = milestones[index];
      return name === undefined ? [] : [{ is: "milestone", name }];
    }
    case "secret":
      return [{ is: "secret", name: String(index) }];
    case "nothing":
      return [];
  }
}

/** A need before it is known what the other steps make. */
interface Wish {
  readonly shape: "one" | "first-of" | "at-least";
  readonly picks: readonly number[];
  readonly strength: "requires" | "wants" | "order";
  readonly from: "step" | "hardware" | "either";
  readonly byAlias: boolean;
}

const wish: fc.Arbitrary<Wish> = fc.record({
  shape: fc.constantFrom("one", "one", "one", "first-of", "at-least"),
  picks: fc.array(fc.nat(30), { minLength: 1, maxLength: 3 }),
  strength: fc.constantFrom("requires", "wants", "order"),
  from: fc.constantFrom("step", "hardware", "either"),
  byAlias: fc.boolean(),
});

function needOf(wish: Wish, made: readonly Resource[]): Need {
  const [first, ...rest] = wish.picks.map((pick) => oneOf(pick, wish, made));
  const needs = first === undefined ? [] : [first, ...rest];
  if (first === undefined || wish.shape === "one") return first ?? oneOf(0, wish, made);
  if (wish.shape === "at-least") return { is: "at-least", count: 1, of: needs, seconds: 30 };
  return { is: "first-of", ways: needs.map((need, index) => ({ way: String(index), needs: [need] })) };
}

function oneOf(pick: number, { strength, from, byAlias }: Wish, made: readonly Resource[]): Need {
  const found: Resource = { is: "device", names: [`/dev/disk/by-uuid/${pick}`] };
  const picked = made[pick];
  const of = picked === undefined ? found : byAlias ? lastName(picked) : picked;
  const source = of === found && from === "step" ? "either" : from;
  return { is: "one", of, from: source, strength, origin: originAt(pick + 1) };
}

function lastName(resource: Resource): Resource {
  if (resource.is !== "device") return resource;
  const name: DeviceName = resource.names.at(-1) ?? resource.names[0];
  return { is: "device", names: [name] };
}
