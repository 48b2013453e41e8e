import { describe, expect, it } from "vitest";
import { parseJournal } from "./journal-entry.ts";
import { renderTimeline } from "./render-timeline.ts";
import { bootTimeline, failedUnits } from "./timeline.ts";

const starting = "7d4958e842da4a758f6c1cdc7b36dcc5";
const entry = (seconds: number, fields: Readonly<Record<string, string>>) =>
  JSON.stringify({ __MONOTONIC_TIMESTAMP: String(seconds * 1e6), _PID: "1", SYSLOG_IDENTIFIER: "systemd", ...fields });

const journal = [
  entry(1, { SYSLOG_IDENTIFIER: "kernel", MESSAGE: "Run /init as init process" }),
  entry(1.1, { MESSAGE: "systemd 252.39 running in system mode (+PAM)" }),
  entry(2, { UNIT: "a.service", JOB_TYPE: "start", MESSAGE_ID: starting }),
  entry(2.5, { UNIT: "a.service", JOB_TYPE: "start", MESSAGE: "forged", _PID: "99", JOB_RESULT: "done" }),
  entry(3, { UNIT: "a.service", JOB_TYPE: "start", JOB_RESULT: "done" }),
  entry(3, { UNIT: "dev-x.device", JOB_TYPE: "start", JOB_RESULT: "timeout" }),
  entry(3.1, { UNIT: "sysroot.mount", JOB_TYPE: "start", JOB_RESULT: "dependency" }),
  entry(3.2, { UNIT: "a.service", JOB_TYPE: "stop", JOB_RESULT: "done" }),
  entry(3.5, { UNIT: "late.service", JOB_TYPE: "start", MESSAGE_ID: starting }),
  entry(4, { MESSAGE: "Switching root." }),
].join("\n");

describe("bootTimeline", () => {
  const timeline = bootTimeline(parseJournal(journal));

  it("has when each unit's start job ran and how it ended", () => {
    expect(timeline.units.map(({ unit, begin, end, result }) => [unit, begin / 1e6, end && end / 1e6, result])).toEqual(
      [
        ["a.service", 2, 3, "done"],
        ["dev-x.device", 3, 3, "timeout"],
        ["sysroot.mount", 3.1, 3.1, "dependency"],
        ["late.service", 3.5, undefined, undefined],
      ],
    );
  });

  it("names what failed, the cause first", () => {
    expect(failedUnits(timeline).map(({ unit }) => unit)).toEqual(["dev-x.device", "sysroot.mount"]);
  });

  it("marks where the boot went on to another program", () => {
    expect(timeline.marks.map(({ what }) => what)).toEqual(["init", "systemd", "switch-root"]);
  });

  it("is drawn within the width, with the steps that units were made for", () => {
    const text = renderTimeline(timeline, { width: 80, steps: new Map([["sysroot.mount", "mount:/"]]) });
    expect(text.split("\n").every((line) => line.length <= 80)).toBe(true);
    expect(text).toMatch(/^ +2\.000 a\.service +1\.000s +=+$/m);
    expect(text).toMatch(/mount:\/ \(sysroot\.mount\).* 0\.000s +!$/m);
    expect(text).toMatch(/late\.service +running +>+$/m);
  });

  it("says so when there is nothing to draw", () => {
    expect(renderTimeline(bootTimeline([]), { width: 80 })).toContain("no unit");
  });
});

describe("parseJournal", () => {
  it("takes a message that is not text as bytes, and passes over lines that are no entries", () => {
    const text = '{"MESSAGE":[104,105,255],"PRIORITY":["3","4"]}\nnonsense\n[1]\nnull\n';
    expect(parseJournal(text)[0]).toMatchObject({ message: "hi\ufffd", priority: 3, unit: undefined });
  });
});
