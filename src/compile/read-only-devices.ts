import type { Report } from "../diagnostics/diagnostic.ts";
import { singleNeeds, type Plan } from "../plan/plan.ts";
import { sameResource } from "../plan/resource.ts";
import type { Backends } from "../stage-one/backends.ts";

/** Reports U822 for a check of a file system on a device that nobody can write to: checkers refuse to work there. */
export function checkReadOnlyDevices(plan: Plan<Backends>, report: Report): void {
  const readOnly = plan.steps.filter((step) => step.facts["read-only"] === true);
  for (const step of plan.steps.filter(({ facts }) => facts["fsck"] === true)) {
    const maker = readOnly.find((made) =>
      made.provides.some((resource) => singleNeeds(step).some((need) => sameResource(need.of, resource))),
    );
    if (maker === undefined) continue;
    report({
      code: "U822",
      severity: "error",
      message: `${step.id} checks a device of ${maker.id}, which can only be read, and the check would fail`,
      hint: "set fsck = false there",
      at: [step.origin, maker.origin],
    });
  }
}
