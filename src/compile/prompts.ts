import type { Report } from "../diagnostics/diagnostic.ts";
import type { Plan } from "../plan/plan.ts";
import type { Backends } from "../stage-one/backends.ts";

/** Reports U823 where systemd-cryptsetup asks side by side: it passes on what was typed first, right or wrong, only once. */
export function tellOfPrompts(plan: Plan<Backends>, report: Report): void {
  const [first, ...others] = plan.steps.filter(({ id, facts }) => id.startsWith("luks:") && facts["prompts"] === true);
  if (first === undefined || others.length === 0) return;
  report({
    code: "U823",
    severity: "hint",
    message: `one pass phrase for ${[first, ...others].map(({ id }) => id).join(", ")} is typed once; after a wrong one each asks for itself`,
    hint: 'stage-one.kind = "scripted" tries what was right on the next device, whatever came before',
    at: [first, ...others].map(({ origin }) => origin),
  });
}
