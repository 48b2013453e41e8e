import type { MeasuredBoot, StepTime } from "../diff/measured.ts";
import { readMarks, secondsInInitrd, type BootMarks } from "../scenario/boot-marks.ts";
import { readStageTwo, type ReportedMount, type StageTwo } from "../scenario/stage-two-report.ts";
import type { Observed } from "../scenario/observed.ts";
import type { BootResult } from "../vm/boot.ts";
import type { GuestReport } from "../vm/report.ts";

/**
 * A boot as `unitrd diff --boot` compares it; `jobs` are those of `observedOf`. What the real system finds is told by the
 * reporting root, or else by what the initrd was about to hand over.
 */
export function measuredBoot(
  boot: BootResult,
  jobs: Observed["jobs"],
  teller: "stage-two" | "hand-over",
): MeasuredBoot {
  const { outcome, reports } = boot;
  const marks = marksOf(reports);
  const handOver = reports.find(({ event }) => event === "hand-over");
  const seconds = secondsToStageTwo(reports);
  const memory = handOver && usedMemory(sectionText(handOver, "memory"));
  const seen = seenIn(reports, teller);
  return {
    outcome: outcome.is,
    because: outcome.because,
    steps: marks === undefined ? [] : stepTimes(jobs, marks),
    ...(marks?.observer === undefined ? {} : { handOver: marks.observer[0] - marks.init }),
    ...(seconds === undefined ? {} : { stageTwo: seconds }),
    ...(memory === undefined ? {} : { memory }),
    ...(seen === undefined ? {} : { seen }),
  };
}

/** Seconds from /init to the real system, by the guest's clock; undefined where that was not reached or not reported. */
export function secondsToStageTwo(reports: readonly GuestReport[]): number | undefined {
  const marks = marksOf(reports);
  return marks && secondsInInitrd(marks);
}

/** From the last report that tells them. */
function marksOf(reports: readonly GuestReport[]): BootMarks | undefined {
  const texts = reports.map((report) => sectionText(report, "marks")).filter((text) => text !== "");
  return readMarks(texts.at(-1) ?? "");
}

function sectionText(report: GuestReport, name: string): string {
  return new TextDecoder().decode(report.sections.get(name) ?? new Uint8Array());
}

/** A step may be several units: it lasts from the first's beginning to the last's end. */
function stepTimes(jobs: Observed["jobs"], { init, stageTwo = Infinity }: BootMarks): readonly StepTime[] {
  const steps = new Map<string, StepTime>();
  for (const { step, type, result, began, ended } of jobs) {
    if (step === undefined || type !== "start" || began === undefined || ended === undefined) continue;
    if (result === undefined || result === "skipped" || ended > stageTwo) continue;
    const before = steps.get(step);
    steps.set(step, {
      id: step,
      begin: Math.min(began - init, before?.begin ?? Infinity),
      end: Math.max(ended - init, before?.end ?? 0),
      result: before === undefined || before.result === "done" ? result : before.result,
    });
  }
  return [...steps.values()].sort((a, b) => a.begin - b.begin);
}

/** Bytes, from /proc/meminfo. */
function usedMemory(text: string): number | undefined {
  const [total, available] = ["MemTotal", "MemAvailable"].map((name) =>
    Number(new RegExp(`^${name}: +(\\d+) kB$`, "m").exec(text)?.[1] ?? NaN),
  );
  const used = ((total ?? NaN) - (available ?? NaN)) * 1024;
  return Number.isNaN(used) ? undefined : used;
}

function seenIn(reports: readonly GuestReport[], teller: "stage-two" | "hand-over"): StageTwo | undefined {
  const told = reports.find(({ event }) => event === teller);
  if (told === undefined) return undefined;
  const seen = readStageTwo(told.sections);
  return teller === "stage-two" ? seen : { ...seen, mounts: seen.mounts.flatMap(asSeenFromTheRoot) };
}

/** The real root is mounted at /sysroot until the hand-over; what else is mounted then is the initrd's own. */
function asSeenFromTheRoot(mount: ReportedMount): readonly ReportedMount[] {
  const below = /^\/sysroot(\/.*)?$/.exec(mount.path);
  return below === null ? [] : [{ ...mount, path: below[1] ?? "/" }];
}
