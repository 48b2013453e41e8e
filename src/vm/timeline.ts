import { startingId } from "./journal-entry.ts";
import type { JournalEntry } from "./journal-entry.ts";

/** When which unit was started, from the journal; all times in microseconds since the kernel started. */
export interface BootTimeline {
  /** In the order in which they ended. */
  readonly units: readonly UnitTime[];
  readonly marks: readonly Mark[];
}

export interface UnitTime {
  readonly unit: string;
  /** When its start job began to run; the same as `end` for what takes no time (targets, devices). */
  readonly begin: number;
  /** `undefined` while it is still starting. */
  readonly end: number | undefined;
  /** `done`, `failed`, `timeout`, `dependency`, `skipped`, … (JOB_RESULT); `undefined` while it is still starting. */
  readonly result: string | undefined;
}

export interface Mark {
  readonly what: "init" | "systemd" | "initrd-done" | "switch-root" | "stage-two";
  readonly time: number;
}

/** The first time each unit was started. A unit that is stopped and started again counts once. */
export function bootTimeline(entries: readonly JournalEntry[]): BootTimeline {
  const begun = new Map<string, number>();
  const units = new Map<string, UnitTime>();
  for (const { unit, jobType, jobResult, messageId, time, pid } of entries) {
    if (unit === undefined || jobType !== "start" || pid !== 1) continue;
    if (messageId === startingId && !begun.has(unit)) begun.set(unit, time);
    if (jobResult !== undefined && !units.has(unit)) {
      units.set(unit, { unit, begin: begun.get(unit) ?? time, end: time, result: jobResult });
    }
  }
  for (const [unit, begin] of begun) {
    if (!units.has(unit)) units.set(unit, { unit, begin, end: undefined, result: undefined });
  }
  const all = [...units.values()].sort((a, b) => (a.end ?? Infinity) - (b.end ?? Infinity) || a.begin - b.begin);
  return { units: all, marks: marksOf(entries, all) };
}

/** The jobs that did not end well, in order: what stopped a boot is usually the first of them. */
export function failedUnits(timeline: BootTimeline): readonly UnitTime[] {
  return timeline.units.filter(({ result }) => result !== undefined && result !== "done" && result !== "skipped");
}

function marksOf(entries: readonly JournalEntry[], units: readonly UnitTime[]): readonly Mark[] {
  const said = (what: Mark["what"], pattern: RegExp, identifier: string): readonly Mark[] => {
    const entry = entries.find((one) => one.identifier === identifier && pattern.test(one.message));
    return entry === undefined ? [] : [{ what, time: entry.time }];
  };
  const done = units.find(({ unit }) => unit === "initrd.target");
  const running = entries.filter(({ message, identifier }) => identifier === "systemd" && runningIn.test(message));
  const marks: readonly Mark[] = [
    ...said("init", /^Run \/\S+ as init process/, "kernel"),
    ...running
      .slice(0, 2)
      .map((entry, index): Mark => ({ what: index === 0 ? "systemd" : "stage-two", time: entry.time })),
    ...(done?.end === undefined ? [] : [{ what: "initrd-done", time: done.end } as const]),
    ...said("switch-root", /^Switching root\.?$/, "systemd"),
  ];
  return [...marks].sort((a, b) => a.time - b.time);
}

const runningIn = /^systemd \S+ running in system mode/;
