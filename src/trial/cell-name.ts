import type { Cell } from "./run-scenarios.ts";

/** "luks/wrong-then-right on trixie", with the round when there are several. */
export function cellName({ scenario, round }: Cell, rounds = 1): string {
  return `${scenario.name} on ${scenario.sysroot}${rounds > 1 ? ` (${round} of ${rounds})` : ""}`;
}
