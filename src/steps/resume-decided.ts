import type { Origin } from "../diagnostics/diagnostic.ts";
import type { Need } from "../plan/resource.ts";

/** What writes to a disk comes after this is decided; the memory that resumes knows what was written before. */
export function resumeDecided(origin: Origin): Need {
  return {
    is: "one",
    of: { is: "milestone", name: "resume-decided" },
    from: "step",
    strength: "order",
    origin,
  };
}
