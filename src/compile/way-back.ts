import type { Report } from "../diagnostics/diagnostic.ts";
import type { Taken } from "../plan/requirement.ts";
import type { Plan } from "../plan/plan.ts";
import type { Target } from "../plan/step.ts";
import type { Backends } from "../stage-one/backends.ts";
import type { StageOne } from "../stage-one/stage-one.ts";
import { hasWayBack, wayBackStep, wayBackTakes, wayBackUnit } from "../stage-one/way-back.ts";
import type { Declaration } from "./declaration.ts";

/** The stage one with what closes at power-off what its steps open below the root, where one opens something (U812). */
export function withWayBack(
  stage: StageOne,
  plan: Plan<Backends>,
  declaration: Declaration,
  target: Target,
  report: Report,
): StageOne {
  const open = plan.steps.find(({ staysOpen }) => staysOpen);
  if (open === undefined || !declaration.value["stage-one"]["close-at-shutdown"]) return stage;
  if (!hasWayBack(target)) {
    report({
      code: "U812",
      severity: "hint",
      message: `what ${open.id} opens is not closed when the machine goes off: the sysroot has no systemd-shutdown`,
      at: [open.origin],
    });
    return stage;
  }
  const unit = stage.kind === "systemd" ? wayBackUnit(target) : undefined;
  const why = [{ what: open.origin.path, origin: open.origin }, { what: "it is closed when the machine goes off" }];
  return {
    ...stage,
    units: unit === undefined ? stage.units : [...stage.units, { unit, step: wayBackStep }],
    takes: [
      ...stage.takes,
      ...wayBackTakes(unit).map((requirement): Taken => ({
        requirement,
        why: [...why, { what: requirement.why }],
      })),
    ],
  };
}
