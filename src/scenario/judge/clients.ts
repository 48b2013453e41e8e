import type { Judge } from "../failure.ts";
import type { ClientWanted } from "../network.ts";
import type { ObservedClient } from "../observed.ts";
import { judgeText } from "./text.ts";

/** What did not come true of clients; paths lead from the scenario. */
export function judgeClients(
  wanted: readonly ClientWanted[],
  observed: readonly ObservedClient[],
  above: readonly (string | number)[],
  fail: Judge,
): void {
  wanted.forEach(({ command, when, expect }, index) => {
    const path = [...above, "client", index];
    const client = observed[index];
    const name = command[0] ?? "";
    if (client === undefined || client.is === "waiting") {
      const before = when === undefined ? "the client before it has ended" : JSON.stringify(when);
      fail({ path, expected: `${name} runs`, found: `it was not begun: it waited for ${before}`, near: [] });
      return;
    }
    const lines = client.output.trimEnd().split(/\r?\n/);
    if (expect.exit !== "any" && client.status !== expect.exit) {
      const found = client.status === undefined ? "it had to be killed" : `exit status ${client.status}`;
      const often = client.tries === 1 ? "" : ` after ${client.tries} tries`;
      fail({
        path: [...path, "expect", "exit"],
        expected: `${name} ends with exit status ${expect.exit}`,
        found: found + often,
        near: lines.slice(-10),
      });
    }
    judgeText([...path, "expect", "output"], expect.output, lines, fail);
  });
}
