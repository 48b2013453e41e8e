import type { Reason, Why } from "../../diagnostics/reason.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { BootStep } from "../backends.ts";
import type { SystemdRendering } from "./rendering.ts";

/** A step with what systemd does for it. */
export interface Rendered {
  readonly step: BootStep;
  readonly rendering: SystemdRendering;
}

export function stepReasons(step: BootStep): readonly Reason[] {
  return [{ what: step.origin.path, origin: step.origin }, { what: `step ${step.id}` }];
}

export function stepWhy(step: BootStep, requirement: Requirement): Why {
  return [...stepReasons(step), { what: requirement.why }];
}
