import type { Report } from "../diagnostics/diagnostic.ts";
import { kindOf, singleNeeds, type Plan } from "../plan/plan.ts";
import type { Step } from "../plan/step.ts";

/** What the real system goes on using: file systems and disks of other machines. */
const staying: ReadonlySet<string> = new Set(["mount", "nbd", "iscsi"]);

/** A network that something of the real system lies on is never taken away. Reports U887. */
export function checkKeptNetwork<Backends>({ steps }: Plan<Backends>, report: Report): void {
  const flush = steps.find(({ id }) => id === "flush:network");
  const user = steps.find((step) => staying.has(kindOf(step)) && usesNetwork(step));
  if (flush === undefined || user === undefined) return;
  report({
    code: "U887",
    severity: "error",
    message: `the network goes at the hand-over, and ${user.id} needs it afterwards`,
    hint: 'take `hand-over = "flush"` out',
    at: [flush.origin, user.origin],
  });
}

function usesNetwork<Backends>(step: Step<Backends>): boolean {
  return singleNeeds(step).some(({ of }) => of.is === "network");
}
