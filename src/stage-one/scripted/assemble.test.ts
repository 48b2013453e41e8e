import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findings } from "../../diagnostics/diagnostic.ts";
import type { Place } from "../../plan/place.ts";
import { makePlan, singleNeeds } from "../../plan/plan.ts";
import { sameResource } from "../../plan/resource.ts";
import type { Target } from "../../plan/step.ts";
import { arbitrarySteps, bareStep, originAt, type BareStep } from "../../testing/arbitrary-steps.ts";
import type { BootStep } from "../backends.ts";
import { assembleScripted } from "./assemble.ts";

const target: Target = {
  systemd: undefined,
  kernel: "6.1",
  deviceTimeout: 90,
  hasProgram: () => true,
  programPath: (name) => name,
};
const options = { emergencyAccess: false, panicOnFail: false, deviceTimeout: 90, origin: originAt(1) };

function scripted(step: BareStep): BootStep {
  const cannot = { can: false, because: "it is not asked" } as const;
  const call = ["do_it", `it's ${step.id}`] as const;
  const takes = [{ is: "program", name: `of ${step.id}`, why: "a test" }] as const;
  return {
    ...step,
    render: { systemd: () => cannot, scripted: () => ({ can: true, rendering: { parts: ["mount"], call, takes } }) },
  };
}

function stageOf(steps: readonly BareStep[]) {
  const { report, all } = findings();
  const plan = makePlan(steps.map(scripted), report);
  if (plan === undefined) throw new Error(all.map(({ message }) => message).join("\n"));
  return { plan, stage: assembleScripted(plan, target, options, (name) => `# ${name}`, report) };
}

/** Some steps stand around every step of a kind, as hooks at the classic points do. */
const place: fc.Arbitrary<Place> = fc.constantFrom<Place>(
  { is: "every", origin: originAt(1) },
  { is: "every", makes: "device", origin: originAt(1) },
  { is: "every", makes: "mount", origin: originAt(1) },
  { is: "every", touches: "device", origin: originAt(1) },
);
const hooks = fc
  .array(fc.record({ before: fc.array(place, { maxLength: 2 }), after: fc.array(place, { maxLength: 2 }) }), {
    maxLength: 4,
  })
  .map((places) => places.map((one, index) => bareStep({ id: `hook:${index}`, ...one }, 100 + index)));

describe("a script made of any plan", () => {
  it("does every step once, and none before one that makes what it needs", () => {
    fc.assert(
      fc.property(arbitrarySteps({ forward: true }), hooks, (bare, more) => {
        const { plan, stage } = stageOf([...bare, ...more]);
        const order = [...stage.script.matchAll(/^step (\S+) stop do_it 'it'\\''s (\S+)'$/gm)].map(([, id, said]) => {
          expect(said).toBe(id);
          return id ?? "";
        });
        expect([...order].sort()).toEqual([...bare, ...more].map(({ id }) => id).sort());
        expect(stage.calls.map(({ step }) => step)).toEqual(order);
        for (const step of plan.steps) {
          for (const need of singleNeeds(step)) {
            for (const other of plan.steps) {
              if (other.id === step.id || !other.provides.some((made) => sameResource(made, need.of))) continue;
              expect(order.indexOf(other.id)).toBeLessThan(order.indexOf(step.id));
            }
          }
        }
        for (const { earlier, later } of plan.edges) expect(order.indexOf(earlier)).toBeLessThan(order.indexOf(later));
      }),
    );
  });

  it("takes along what every step takes", () => {
    fc.assert(
      fc.property(arbitrarySteps({ forward: true }), (bare) => {
        const names = stageOf(bare).stage.takes.flatMap(({ requirement }) =>
          requirement.is === "program" ? [requirement.name] : [],
        );
        for (const { id } of bare) expect(names).toContain(`of ${id}`);
      }),
    );
  });

  it("holds a part once, however many steps use it", () => {
    const { stage } = stageOf([bareStep({ id: "a:1" }), bareStep({ id: "a:2" })]);
    expect(stage.script.match(/^# mount$/gm)).toHaveLength(1);
    expect(stage.script).not.toContain("# luks\n");
  });
});

describe("a step with a place", () => {
  const at = originAt(9);

  it("comes before each step that makes a mount, where a circle does not forbid it", () => {
    const mount = bareStep({ id: "mount:/", provides: [{ is: "mount", path: "/" }] });
    const both = bareStep({ id: "hook:both", before: [{ is: "every", makes: "mount", origin: at }] });
    expect(stageOf([mount, both]).plan.steps.map(({ id }) => id)).toEqual(["hook:both", "mount:/"]);
    const late = { ...both, after: [{ is: "step", id: "mount:/", origin: at }] as const };
    expect(stageOf([mount, late]).plan.steps.map(({ id }) => id)).toEqual(["mount:/", "hook:both"]);
  });

  it("that a step behind it has to wait for is a requirement, unless it may fail", () => {
    const after = bareStep({ id: "mount:/" });
    const before = [{ is: "step", id: "mount:/", origin: at }] as const;
    const [hard, soft] = (["stop", "go-on"] as const).map((onFailure) => bareStep({ id: "hook:a", before, onFailure }));
    if (hard === undefined || soft === undefined) throw new Error("both are there");
    expect(stageOf([after, hard]).plan.edges.map(({ strength }) => strength)).toEqual(["requires"]);
    expect(stageOf([after, soft]).plan.edges.map(({ strength }) => strength)).toEqual(["order"]);
  });
});
