import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findings } from "../diagnostics/diagnostic.ts";
import type { Place } from "../plan/place.ts";
import { makePlan, type Plan } from "../plan/plan.ts";
import { sameResource } from "../plan/resource.ts";
import type { Target } from "../plan/step.ts";
import { arbitrarySteps, bareStep, originAt, type BareStep } from "../testing/arbitrary-steps.ts";
import type { Backends, BootStep } from "./backends.ts";
import { renderStageOne, type StageOneSettings } from "./stage-one.ts";
import { escapePath } from "./systemd/escape.ts";
import { parseUnit, unitNamesOf } from "./systemd/unit-file.ts";
import { unitText } from "./systemd/unit.ts";

const target: Target = {
  systemd: 257,
  deviceTimeout: 90,
  kernel: "6.12",
  hasProgram: () => true,
  programPath: (name) => (name.startsWith("/") ? name : `/usr/bin/${name}`),
};

/** Steps of any shape, some of which stand around every step of a kind, and which of the stage ones can do each. */
const someSteps: fc.Arbitrary<readonly BootStep[]> = fc
  .tuple(
    arbitrarySteps({ forward: true }),
    fc.array(fc.constantFrom("device", "mount"), { maxLength: 3 }),
    fc.array(fc.constantFrom("both", "both", "systemd", "scripted", "neither"), { minLength: 20, maxLength: 20 }),
  )
  .map(([bare, hooks, able]) => {
    const around = hooks.map((makes, index) => {
      const place: Place = { is: "every", makes, origin: originAt(1) };
      return bareStep(
        { id: `hook:${index}`, ...(index % 2 === 0 ? { before: [place] } : { after: [place] }) },
        50 + index,
      );
    });
    return [...bare, ...around].map((step, index) => rendered(step, able[index] ?? "both"));
  });

const settings: fc.Arbitrary<Pick<StageOneSettings, "kind" | "onUnsupported">> = fc.record({
  kind: fc.constantFrom("auto", "systemd", "scripted"),
  onUnsupported: fc.constantFrom("fallback", "error"),
});

describe("a stage one made of any plan", () => {
  it("does every step, or the build fails at the line of the step", () => {
    fc.assert(
      fc.property(someSteps, settings, (steps, wanted) => {
        const { plan, stage, all } = stageOf(steps, wanted);
        const done = new Set([
          ...stage.units.flatMap(({ step }) => step ?? []),
          ...stage.calls.map(({ step }) => step),
        ]);
        const refused = all.filter(({ severity }) => severity === "error").flatMap(({ at }) => at);
        for (const step of plan.steps) expect(done.has(step.id) || refused.includes(step.origin)).toBe(true);
        expect(plan.steps.map(({ id }) => id).sort()).toEqual(steps.map(({ id }) => id).sort());
      }),
    );
  });

  it("is not quietly another one than systemd's", () => {
    fc.assert(
      fc.property(someSteps, settings, (steps, wanted) => {
        const { stage, all } = stageOf(steps, wanted);
        const told = all.some(({ code }) => code === "U252" || code === "U253" || code === "U254");
        if (wanted.kind === "auto") expect(told).toBe(stage.kind === "scripted");
        else expect([stage.kind, told]).toEqual([wanted.kind, false]);
      }),
    );
  });

  it("has the plan's order and no other: in units as edges, in the script as a sequence", () => {
    fc.assert(
      fc.property(someSteps, (any) => {
        const steps = any.map((step) => rendered(step, "both"));
        const { plan, stage } = stageOf(steps, { kind: "systemd", onUnsupported: "error" });
        const idOf = new Map(plan.steps.map(({ id }) => [doneOf(id), id]));
        const written = stage.units.flatMap(({ unit, step }) => {
          if (step === undefined || unit.name !== doneOf(step)) return [];
          return unitNamesOf(parseUnit(unitText(unit)), "After").flatMap((name) => {
            const earlier = idOf.get(name);
            return earlier === undefined ? [] : [`${earlier} before ${step}`];
          });
        });
        expect([...new Set(written)].sort()).toEqual([...new Set(waitsOf(plan))].sort());

        const script = stageOf(steps, { kind: "scripted", onUnsupported: "error" }).stage;
        const sequence = script.calls.map(({ step }) => step);
        for (const { earlier, later } of plan.edges) {
          expect(sequence.indexOf(earlier)).toBeLessThan(sequence.indexOf(later));
        }
        expect(sequence).toEqual(plan.steps.map(({ id }) => id));
      }),
    );
  });
});

/** A step that might make a found device holds up the clock of the device, and not its user. */
function waitsOf(plan: Plan<Backends>): readonly string[] {
  return plan.edges.flatMap(({ earlier, later, strength, resource }) => {
    const maker = plan.steps.find(({ id }) => id === earlier);
    const makes = maker?.provides.some((one) => sameResource(one, resource)) === true;
    const isGuess = strength === "order" && resource.is === "device" && !makes;
    return isGuess ? [] : [`${earlier} before ${later}`];
  });
}

function rendered(step: BareStep | BootStep, able: "both" | "systemd" | "scripted" | "neither"): BootStep {
  const name = doneOf(step.id);
  const unit = { name, place: "local", sections: [{ name: "Unit", assignments: [["Description", step.id]] }] } as const;
  const cannot = { can: false, because: "a test forbids it" } as const;
  return {
    ...step,
    render: {
      systemd: () =>
        able === "both" || able === "systemd"
          ? { can: true, rendering: { units: [unit], done: name, gates: [name], takes: [] } }
          : cannot,
      scripted: () =>
        able === "both" || able === "scripted"
          ? { can: true, rendering: { parts: [], call: ["do_it", step.id], takes: [] } }
          : cannot,
    },
  };
}

function doneOf(id: string): string {
  return `step-${escapePath(`/${id.replace(":", "/")}`)}.service`;
}

function stageOf(steps: readonly BootStep[], wanted: Pick<StageOneSettings, "kind" | "onUnsupported">) {
  const { report, all } = findings();
  const plan = makePlan(steps, report);
  if (plan === undefined) throw new Error(all.map(({ message }) => message).join("\n"));
  const options = {
    emergencyAccess: false,
    panicOnFail: false,
    commandLineShell: false,
    deviceTimeout: 90,
    consoles: [],
    network: false,
    origin: originAt(1),
  };
  const stage = renderStageOne(
    plan,
    target,
    { ...wanted, options, root: undefined, template: (name) => `# ${name}` },
    report,
  );
  return { plan, stage, all };
}
