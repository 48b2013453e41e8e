import { describe, expect, it } from "vitest";
import { exitStatuses, judge } from "./outcome.ts";
import type { Evidence } from "./outcome.ts";
import { parseReports } from "./report.ts";
import type { GuestEvent } from "./report.ts";

function evidence(events: readonly GuestEvent[], rest: Partial<Evidence> = {}): Evidence {
  const stream = events.map((event) => `unitrd-report 1 ${event}\nend\n`).join("");
  return {
    reports: parseReports(Buffer.from(stream)),
    consoleText: "",
    because: "over",
    ending: { status: 0 },
    complaint: "",
    limit: 60,
    ...rest,
  };
}

describe("judge", () => {
  it.each<[string, string, Evidence]>([
    ["PID 1 in the real root", "hand-over", evidence(["hand-over", "switched"])],
    ["the reporting root", "hand-over", evidence(["hand-over", "stage-two"], { because: "exited" })],
    ["a machine left after the hand-over", "hand-over", evidence(["hand-over", "switched"], { because: "left" })],
    ["emergency mode", "emergency", evidence(["emergency"])],
    ["a switch that failed", "emergency", evidence(["hand-over", "emergency"])],
    ["a switch that hangs", "time-out", evidence(["hand-over"], { because: "limit" })],
    ["nothing at all", "time-out", evidence([], { because: "limit" })],
    ["a signal", "interrupted", evidence([], { because: "interrupted" })],
    ["the leave key", "interrupted", evidence([], { because: "left" })],
    ["a quiet end", "powered-off", evidence([], { because: "exited" })],
    [
      "a panic in the real root's first program",
      "panic",
      evidence(["hand-over"], {
        because: "exited",
        consoleText: "[    3.0] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00",
      }),
    ],
    [
      "a panic that QEMU made",
      "qemu-died",
      evidence([], { because: "exited", consoleText: "Oops: int3: 0000 [#1]\nKernel panic - not syncing: Fatal" }),
    ],
    ["a crash of QEMU", "qemu-died", evidence([], { because: "exited", ending: { signal: "SIGABRT" } })],
    [
      "arguments QEMU refuses",
      "qemu-died",
      evidence([], { because: "exited", ending: { status: 1 }, complaint: "x: no" }),
    ],
  ])("%s is %s", (_, expected, given) => {
    expect(judge(given)).toMatchObject({ is: expected, guessed: false });
  });

  it("says what QEMU said when it died", () => {
    const died = evidence([], { because: "exited", ending: { status: 1 }, complaint: "qemu: -drive: no such file\n" });
    expect(judge(died).because).toContain("no such file");
  });

  it("does not blame QEMU for an end that we brought about", () => {
    expect(judge(evidence([], { because: "limit", ending: { signal: "SIGKILL" } })).is).toBe("time-out");
  });

  it.each([
    ["You are in emergency mode. After logging in, type", "emergency"],
    ["Gave up waiting for root file system device.", "emergency"],
    ["[    9.1] systemd[1]: Switching root.", "hand-over"],
    ["\ndebian login: ", "hand-over"],
  ])("guesses from the console where nothing was reported: %s", (consoleText, expected) => {
    expect(judge(evidence([], { because: "limit", consoleText }))).toMatchObject({ is: expected, guessed: true });
  });

  it("does not take the announcement of a hand-over for one when the guest can report", () => {
    const hanging = evidence(["hand-over"], { because: "limit", consoleText: "Switching root." });
    expect(judge(hanging).is).toBe("time-out");
  });
});

describe("exitStatuses", () => {
  it("gives each outcome a status of its own, 0 for the hand-over", () => {
    const all = Object.values(exitStatuses).map(({ status }) => status);
    expect(new Set(all).size).toBe(all.length);
    expect(exitStatuses["hand-over"].status).toBe(0);
  });
});
