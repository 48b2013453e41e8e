import type { Origin } from "../diagnostics/diagnostic.ts";
import type { Why } from "../diagnostics/reason.ts";

/** The line of the declaration that a chain of reasons starts at, for messages. */
export function firstOrigin(why: Why): readonly Origin[] {
  const origin = why.find((reason) => reason.origin !== undefined)?.origin;
  return origin === undefined ? [] : [origin];
}
