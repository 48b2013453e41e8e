import fc from "fast-check";
import { expect, test } from "vitest";
import { makePlan } from "../plan/plan.ts";
import { arbitrarySteps } from "../testing/arbitrary-steps.ts";
import { alignment, orderOf } from "./alignment.ts";
import { stepChanges } from "./declaration-difference.ts";

const plans = arbitrarySteps({ forward: true })
  .map((steps) => makePlan(steps, () => undefined))
  .filter((plan) => plan !== undefined);

test("every step of a plan stands in the alignment exactly once, in the order of the script", () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const rows = alignment(plan);
      expect(rows.map(({ step }) => step.id)).toEqual(plan.steps.map(({ id }) => id));
      expect(rows.map(({ turn }) => turn)).toEqual(plan.steps.map((_, index) => index + 1));
      expect(orderOf(plan).levels.flat().toSorted()).toEqual(plan.steps.map(({ id }) => id).toSorted());
    }),
  );
});

test("a step has a later turn and a deeper level than each that it waits for", () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const rows = new Map(alignment(plan).map((row) => [row.step.id, row]));
      for (const { earlier, later } of plan.edges) {
        expect(rows.get(later)!.turn).toBeGreaterThan(rows.get(earlier)!.turn);
        expect(rows.get(later)!.level).toBeGreaterThan(rows.get(earlier)!.level);
      }
    }),
  );
});

test("the chain has one step of each level", () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const levels = alignment(plan)
        .filter(({ isOnChain }) => isOnChain)
        .map(({ level }) => level);
      expect(levels.toSorted((a, b) => a - b)).toEqual(orderOf(plan).levels.map((_, index) => index));
    }),
  );
});

test("a plan does not differ from itself, and differs from none in all of its steps", () => {
  const none = { steps: [], edges: [] };
  fc.assert(
    fc.property(plans, (plan) => {
      expect(stepChanges(plan, plan)).toEqual([]);
      expect(stepChanges(none, plan).map(({ is, id }) => [is, id])).toEqual(plan.steps.map(({ id }) => ["added", id]));
      expect(stepChanges(plan, none).map(({ is, id }) => [is, id])).toEqual(
        plan.steps.map(({ id }) => ["removed", id]),
      );
    }),
  );
});
