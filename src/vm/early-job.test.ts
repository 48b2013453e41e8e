import { expect, it } from "vitest";
import { parseJournal } from "./journal-entry.ts";
import { bootTimeline } from "./timeline.ts";

const early = (time: number, message: string): string =>
  JSON.stringify({
    _TRANSPORT: "kernel",
    __MONOTONIC_TIMESTAMP: "9000000",
    _SOURCE_MONOTONIC_TIMESTAMP: String(time),
    SYSLOG_IDENTIFIER: "systemd",
    MESSAGE: message,
  });

it("knows the jobs of before the journal ran, at the time of which they speak", () => {
  const journal = parseJournal(
    [
      early(1_000_000, "Expecting device dev-vda.device - /dev/vda..."),
      early(2_000_000, "Starting a.service - A..."),
      early(3_000_000, "Finished a.service - A."),
      early(4_000_000, "b.service - B skipped, no trigger condition checks were met."),
      early(5_000_000, "dev-vda.device: Job dev-vda.device/start failed with result 'timeout'."),
      early(5_500_000, "systemd 257 running in system mode (+PAM)"),
    ].join("\n"),
  );
  expect(bootTimeline(journal).units).toEqual([
    { unit: "a.service", begin: 2_000_000, end: 3_000_000, result: "done" },
    { unit: "b.service", begin: 4_000_000, end: 4_000_000, result: "skipped" },
    { unit: "dev-vda.device", begin: 1_000_000, end: 5_000_000, result: "timeout" },
  ]);
});

it("takes no other program's words for a job", () => {
  const line = JSON.stringify({ SYSLOG_IDENTIFIER: "kernel", _TRANSPORT: "kernel", MESSAGE: "Started a.service - A." });
  expect(bootTimeline(parseJournal(line)).units).toEqual([]);
});
