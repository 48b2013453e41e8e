import { describe, expect, it } from "vitest";
import type { Failure } from "../failure.ts";
import { clientSchema } from "../network.ts";
import type { ObservedClient } from "../observed.ts";
import { judgeClients } from "./clients.ts";

const ended: ObservedClient = { is: "ended", status: 0, tries: 1, output: "welcome\n" };

function failures(expect: object, observed: readonly ObservedClient[]): readonly Failure[] {
  const found: Failure[] = [];
  const client = clientSchema.parse({ when: "a prompt", command: ["ssh", "x"], expect });
  judgeClients([client], observed, ["then", 0], (failure) => found.push(failure));
  return found;
}

describe("judgeClients", () => {
  it("is content with the status and the output that were expected", () => {
    expect(failures({ output: { includes: ["welcome"] } }, [ended])).toEqual([]);
    expect(failures({ exit: 255 }, [{ ...ended, status: 255 }])).toEqual([]);
    expect(failures({ exit: "any" }, [{ is: "killed", tries: 1, output: "" }])).toEqual([]);
  });

  it("names another status with the last it said, and how often it was tried", () => {
    expect(failures({}, [{ is: "ended", status: 1, tries: 3, output: "a\nrefused\n" }])).toEqual([
      {
        path: ["then", 0, "client", 0, "expect", "exit"],
        expected: "ssh ends with exit status 0",
        found: "exit status 1 after 3 tries",
        near: ["a", "refused"],
      },
    ]);
  });

  it("names a client that was killed, one whose moment never came, and a text that is not there", () => {
    expect(failures({}, [{ is: "killed", tries: 1, output: "" }])[0]?.found).toBe("it had to be killed");
    expect(failures({}, [{ is: "waiting", tries: 0, output: "" }])[0]?.found).toContain('waited for "a prompt"');
    expect(failures({ output: { includes: ["welcom to"] } }, [ended])).toMatchObject([
      { path: ["then", 0, "client", 0, "expect", "output", "includes", 0], near: ["welcome"] },
    ]);
  });
});
