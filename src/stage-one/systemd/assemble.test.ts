import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findings, type Report } from "../../diagnostics/diagnostic.ts";
import { makePlan, singleNeeds, type Plan } from "../../plan/plan.ts";
import type { Taken } from "../../plan/requirement.ts";
import { sameResource } from "../../plan/resource.ts";
import type { Target } from "../../plan/step.ts";
import { arbitrarySteps, bareStep, originAt, type BareStep } from "../../testing/arbitrary-steps.ts";
import type { Backends, BootStep } from "../backends.ts";
import { assembleSystemd, type SystemdStage } from "./assemble.ts";
import { deviceUnit, escapePath } from "./escape.ts";
import type { SystemdOptions } from "./options.ts";
import type { SystemdRendering } from "./rendering.ts";
import { parseUnit, unitNamesOf, valuesOf, type ParsedUnit } from "./unit-file.ts";
import { unitText, type Unit } from "./unit.ts";

const target: Target = {
  systemd: 257,
  kernel: "6.1",
  deviceTimeout: 90,
  hasProgram: () => true,
  programPath: (name) => (name.startsWith("/") ? name : `/usr/bin/${name}`),
};

const options: SystemdOptions = {
  emergencyAccess: false,
  panicOnFail: false,
  commandLineShell: false,
  deviceTimeout: 90,
  consoles: [],
  network: false,
  origin: originAt(1),
};

describe("assembleSystemd", () => {
  it("makes every edge of a plan an order of units, and a requirement where it is one", () => {
    fc.assert(
      fc.property(arbitrarySteps({ forward: true }), (bare) => {
        const { plan, stage } = stageOf(bare.map(withUnit));
        for (const edge of plan.edges) {
          const earlier = doneOf(edge.earlier);
          const later = unitNamed(stage, doneOf(edge.later));
          const isMade = plan.steps.some(
            (step) => step.id === edge.earlier && step.provides.some((one) => sameResource(one, edge.resource)),
          );
          if (!isMade) {
            // A guess who makes a found device: the clock of the device starts after it, its user does not wait.
            const dropIn = edge.resource.is === "device" ? dropInOf(stage, edge.resource.names[0]) : undefined;
            expect(dropIn === undefined ? [] : unitNamesOf(dropIn, "After")).toContain(earlier);
            continue;
          }
          expect(unitNamesOf(later, "After")).toContain(earlier);
          if (edge.strength === "requires") expect(unitNamesOf(later, "Requires")).toContain(earlier);
          if (edge.strength === "wants") {
            expect([...unitNamesOf(later, "Wants"), ...unitNamesOf(later, "Requires")]).toContain(earlier);
          }
        }
      }),
    );
  });

  it("waits for every device that a step needs", () => {
    fc.assert(
      fc.property(arbitrarySteps({ forward: true }), (bare) => {
        const { plan, stage } = stageOf(bare.map(withUnit));
        for (const step of plan.steps) {
          const unit = unitNamed(stage, doneOf(step.id));
          for (const need of singleNeeds(step)) {
            if (need.of.is !== "device" || need.strength === "order") continue;
            const device = deviceUnit(need.of.names[0]);
            expect(unitNamesOf(unit, need.strength === "requires" ? "Requires" : "Wants")).toContain(device);
            expect(unitNamesOf(unit, "After")).toContain(device);
          }
        }
      }),
    );
  });

  it("gives each device that is needed or made one drop-in with the longest time that anybody waits for it", () => {
    fc.assert(
      fc.property(arbitrarySteps({ forward: true }), fc.nat(100), (bare, seconds) => {
        const timed = bare.map((step, index) => ({
          ...step,
          needs: step.needs.map((need) => (need.is === "one" && index % 2 === 0 ? { ...need, seconds } : need)),
        }));
        const { plan, stage } = stageOf(timed.map(withUnit));
        const waits = new Map<string, number[]>();
        for (const step of plan.steps) {
          for (const made of step.provides)
            if (made.is === "device") for (const name of made.names) waits.set(name, waits.get(name) ?? []);
          for (const need of singleNeeds(step)) {
            if (need.of.is !== "device") continue;
            const name = need.of.names[0];
            waits.set(name, [...(waits.get(name) ?? []), need.seconds ?? options.deviceTimeout]);
          }
        }
        for (const [name, times] of waits) {
          const longest = times.length === 0 ? options.deviceTimeout : Math.max(...times);
          const dropIn = dropInOf(stage, name);
          expect(dropIn === undefined ? [] : valuesOf(dropIn, "Unit", "JobRunningTimeoutSec")).toEqual([`${longest}s`]);
        }
        for (const step of plan.steps) {
          for (const made of step.provides) {
            if (made.is !== "device") continue;
            for (const name of made.names) {
              const dropIn = dropInOf(stage, name);
              expect(dropIn === undefined ? [] : unitNamesOf(dropIn, "After")).toContain(doneOf(step.id));
            }
          }
        }
      }),
    );
  });

  it("marks every unit of a step with the step, and lets none depend on the defaults by accident", () => {
    fc.assert(
      fc.property(arbitrarySteps({ forward: true }), (bare) => {
        const { stage } = stageOf(bare.map(withUnit));
        for (const { unit, step } of stage.units) {
          const parsed = parseUnit(unitText(unit));
          if (step !== undefined && !/^unitrd-(late|stop)-/.test(unit.name)) {
            expect(valuesOf(parsed, "Unit", "X-Unitrd-Step")).toEqual([step]);
          }
          if (unit.name.startsWith("unitrd-")) expect(valuesOf(parsed, "Unit", "DefaultDependencies")).toEqual(["no"]);
        }
      }),
    );
  });

  it("writes no path twice, and nothing to /etc that a generator makes of a word of the command line", () => {
    fc.assert(
      fc.property(arbitrarySteps({ forward: true }), (bare) => {
        const { stage } = stageOf(bare.map(withUnit));
        const paths = stage.takes.flatMap(({ requirement }) => (requirement.is === "file" ? [requirement.path] : []));
        expect(new Set(paths).size).toBe(paths.length);
        for (const path of paths) {
          expect(path).not.toMatch(
            /^\/etc\/systemd\/system\/(sysroot|sysroot-usr|sysusr-usr)\.mount|systemd-fsck-(root|usr)\.service/,
          );
        }
      }),
    );
  });

  it("says U250 for what it cannot do, at the line that asks for it", () => {
    const { report, all } = findings();
    const step = withUnit(bareStep({ id: "raid:a" }, 6));
    const cannot: BootStep = {
      ...step,
      render: { ...step.render, systemd: () => ({ can: false, because: "it has no program", hint: "install it" }) },
    };
    assembleSystemd(planOf([cannot]), target, options, undefined, report);
    expect(all.map(({ code, hint, at }) => [code, hint, at.map(({ line }) => line)])).toEqual([
      ["U250", "install it", [7]],
    ]);
    expect(all[0]?.message).toContain("raid:a");
  });

  it("lets a person's unit stand in for one of the same name, pulled in by the same units", () => {
    const own = withUnit(bareStep({ id: "unit:own" }));
    const named = withUnit(bareStep({ id: "raid:a" }));
    const text: Unit = { name: doneOf("raid:a"), place: "local", sections: [], text: "[Unit]\nDescription=Mine\n" };
    const { stage } = stageOf([rendering(own, { units: [text] }), rendering(named, { pulledInBy: "initrd.target" })]);
    const files = stage.takes.filter(
      ({ requirement }) => requirement.is === "file" && requirement.path.endsWith(`/${text.name}`),
    );
    expect(files.map(({ requirement }) => (requirement.is === "file" ? requirement.content : ""))).toEqual([text.text]);
    const links = stage.takes.flatMap(({ requirement }) => (requirement.is === "symlink" ? [requirement.path] : []));
    expect(links).toContain(`/etc/systemd/system/initrd.target.wants/${text.name}`);
  });

  it("leaves out a unit of its own where a step says so", () => {
    const without = rendering(withUnit(bareStep({ id: "unit:none" })), {
      units: [],
      takes: [{ is: "no-unit", name: doneOf("raid:a"), why: "left out" }],
    });
    const { stage } = stageOf([without, withUnit(bareStep({ id: "raid:a" }))]);
    expect(stage.units.map(({ unit }) => unit.name)).not.toContain(doneOf("raid:a"));
  });

  it("stops the boot only for a step that must succeed", () => {
    const step = withUnit(bareStep({ id: "raid:a" }));
    const names = (mustSucceed: boolean): readonly string[] =>
      stageOf([rendering(step, { mustSucceed })]).stage.units.map(({ unit }) => unit.name);
    expect(names(true)).toContain("unitrd-stop-raid-a.service");
    expect(names(false)).not.toContain("unitrd-stop-raid-a.service");
  });
});

function withUnit(step: BareStep): BootStep {
  const unit: Unit = {
    name: doneOf(step.id),
    place: "local",
    sections: [{ name: "Unit", assignments: [["Description", step.id]] }],
  };
  const made: SystemdRendering = { units: [unit], done: unit.name, gates: [unit.name], takes: [] };
  return {
    ...step,
    render: {
      systemd: () => ({ can: true, rendering: made }),
      scripted: () => ({ can: false, because: "this test has no script" }),
    },
  };
}

function rendering(step: BootStep, change: Partial<SystemdRendering> & { readonly pulledInBy?: string }): BootStep {
  const verdict = step.render.systemd(target);
  if (!verdict.can) return step;
  const { pulledInBy, ...rest } = change;
  const units = verdict.rendering.units.map((unit) =>
    pulledInBy === undefined ? unit : { ...unit, wantedBy: [pulledInBy] },
  );
  return {
    ...step,
    render: { ...step.render, systemd: () => ({ can: true, rendering: { ...verdict.rendering, units, ...rest } }) },
  };
}

function doneOf(id: string): string {
  return `step-${escapePath(`/${id.replace(":", "/")}`)}.service`;
}

function planOf(steps: readonly BootStep[]): Plan<Backends> {
  const plan = makePlan(steps, fail);
  if (plan === undefined) throw new Error("these steps can be ordered");
  return plan;
}

const fail: Report = ({ message }) => {
  throw new Error(message);
};

function stageOf(steps: readonly BootStep[]): { readonly plan: Plan<Backends>; readonly stage: SystemdStage } {
  const plan = planOf(steps);
  return { plan, stage: assembleSystemd(plan, target, options, undefined, fail) };
}

function unitNamed(stage: SystemdStage, name: string): ParsedUnit {
  const found = stage.units.find(({ unit }) => unit.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return parseUnit(unitText(found.unit));
}

function dropInOf(stage: SystemdStage, device: string): ParsedUnit | undefined {
  const path = `/etc/systemd/system/${deviceUnit(device)}.d/50-unitrd.conf`;
  const text = stage.takes.map(({ requirement }: Taken) =>
    requirement.is === "file" && requirement.path === path ? String(requirement.content) : undefined,
  );
  const found = text.find((one) => one !== undefined);
  return found === undefined ? undefined : parseUnit(found);
}
