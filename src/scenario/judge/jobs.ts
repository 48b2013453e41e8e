import type { Expectation } from "../expectation.ts";
import type { Failure, Judge } from "../failure.ts";
import { nearest } from "../near.ts";
import type { Observed, ObservedJob } from "../observed.ts";

/**
 * Compares results of units and steps, their order and overlap, how long they took, and that nothing else failed. A
 * scripted stage one has no units and does nothing at the same time: there only what names steps is compared.
 */
export function judgeJobs(whole: Expectation, observed: Observed, fail: Judge): void {
  const expectation = observed.stageOne === "scripted" ? withoutUnits(whole) : whole;
  judgeResults(expectation, observed, fail);
  expectation.before?.forEach((pair, index) => {
    judgePair(
      pair,
      observed,
      (expected, found, near) => {
        fail({ path: ["before", index], expected, found, near });
      },
      isBefore,
    );
  });
  expectation.overlap?.forEach((pair, index) => {
    judgePair(
      pair,
      observed,
      (expected, found, near) => {
        fail({ path: ["overlap", index], expected, found, near });
      },
      overlaps,
    );
  });
  expectation.wait?.forEach((wait, index) => {
    judgeWait(wait, observed, (expected, found, near) => {
      fail({ path: ["wait", index], expected, found, near });
    });
  });
  if (expectation["nothing-else-failed"]) judgeOthers(expectation, observed, fail);
}

function withoutUnits({ overlap: _, ...expectation }: Expectation): Expectation {
  const isStep = (name: string): boolean => name.includes(":");
  return {
    ...expectation,
    units: Object.fromEntries(Object.entries(expectation.units ?? {}).filter(([name]) => isStep(name))),
    ...(expectation.before === undefined ? {} : { before: expectation.before.filter((pair) => pair.every(isStep)) }),
    ...(expectation.wait === undefined ? {} : { wait: expectation.wait.filter(({ of }) => isStep(of)) }),
  };
}

type About = (expected: string, found: string, near: Failure["near"]) => void;

function judgeResults(expectation: Expectation, observed: Observed, fail: Judge): void {
  for (const [name, wanted] of Object.entries(expectation.units ?? {})) {
    const jobs = jobsOf(name, observed);
    const found = jobs.map(resultOf);
    const expected = `${name} ${wanted}`;
    const path = ["units", name];
    if (wanted === "absent") {
      if (jobs.length > 0) fail({ path, expected, found: found.join(", "), near: [] });
    } else if (jobs.length === 0) {
      if (wanted === "dependency" && wasGivenUp(observed)) continue;
      fail({ path, expected, found: "no job of it", near: nearest(name, namesIn(observed)) });
    } else if (!holds(wanted, jobs, observed)) {
      const failure = observed.failures.find(({ unit }) => unit === name);
      const said = observed.journal.filter(({ unit }) => unit === name).map(({ text }) => text);
      const ended = failure === undefined ? found : [...found, `failed (${failure.result})`];
      fail({ path, expected, found: ended.join(", "), near: said.slice(-3) });
    }
  }
}

/** The script begins nothing once the boot has failed; systemd ends the jobs of what was still to come. */
function wasGivenUp({ stageOne, end }: Observed): boolean {
  return stageOne === "scripted" && end !== "hand-over";
}

/** Of a step that became several units all must be done, and one that failed is a failure. */
function holds(wanted: string, jobs: readonly ObservedJob[], observed: Observed): boolean {
  const failed = observed.failures.some(({ unit }) => jobs.some((job) => job.unit === unit));
  if (wanted === "failed" && failed) return true;
  if (wanted === "done" && failed) return false;
  const last = new Map(jobs.map((job) => [job.unit, resultOf(job)]));
  const all = [...last.values()];
  return wanted === "done" ? all.every((result) => result === "done") : all.includes(wanted);
}

function judgePair(
  [first, second]: readonly [string, string],
  observed: Observed,
  about: About,
  relation: Relation,
): void {
  const [one, other] = [spanOf(first, observed), spanOf(second, observed)];
  const expected = relation.told(first, second);
  if (one === undefined || other === undefined) {
    const missing = one === undefined ? first : second;
    about(expected, `${missing} did not begin and end`, nearest(missing, namesIn(observed)));
  } else if (!relation.holds(one, other)) {
    about(expected, `${first} ${told(one)}, ${second} ${told(other)}`, []);
  }
}

interface Span {
  readonly began: number;
  readonly ended: number;
}

interface Relation {
  readonly told: (first: string, second: string) => string;
  readonly holds: (first: Span, second: Span) => boolean;
}

const isBefore: Relation = {
  told: (first, second) => `${first} ended before ${second} began`,
  holds: (first, second) => first.ended <= second.began,
};

/** Jobs that merely touch do not overlap. */
const overlaps: Relation = {
  told: (first, second) => `${first} and ${second} at work at the same time`,
  holds: (first, second) => first.began < second.ended && second.began < first.ended,
};

function judgeWait(wait: NonNullable<Expectation["wait"]>[number], observed: Observed, about: About): void {
  const [least, most] = [wait["at-least"] ?? 0, wait["at-most"] ?? Infinity];
  const expected = `${wait.of} took ${most === Infinity ? `at least ${least} s` : `${least} to ${most} s`}`;
  const span = spanOf(wait.of, observed);
  if (span === undefined) {
    about(expected, "it did not begin and end", nearest(wait.of, namesIn(observed)));
    return;
  }
  const seconds = span.ended - span.began;
  if (seconds < least || seconds > most) about(expected, `${seconds.toFixed(3)} s, ${told(span)}`, []);
}

/** After a boot that was to fail, or failed against expectation, what failed only because something else did is no news. */
function judgeOthers(expectation: Expectation, observed: Observed, fail: Judge): void {
  const expected = new Set(Object.keys(expectation.units ?? {}));
  const excused = (expectation["may-fail"] ?? []).map(pattern);
  const isKnown = (unit: string, step = stepOf(unit, observed)): boolean => {
    const names = step === undefined ? [unit] : [unit, step];
    return names.some((name) => expected.has(name) || excused.some((one) => one.test(name)));
  };
  const hasFailed = expectation.end !== "hand-over" || observed.end !== expectation.end;
  const bad = new Map<string, string>();
  for (const job of observed.jobs) {
    const result = resultOf(job);
    if (!isFailure(result) || (result === "dependency" && hasFailed)) continue;
    if (!isKnown(job.unit, job.step)) bad.set(job.unit, result);
  }
  for (const { unit, result } of observed.failures) if (!isKnown(unit)) bad.set(unit, result);
  for (const [unit, result] of bad) {
    const near = observed.journal.filter((message) => message.unit === unit).map(({ text }) => text);
    fail({
      path: ["nothing-else-failed"],
      expected: "nothing else failed",
      found: `${unit} ${result}`,
      near: near.slice(-3),
    });
  }
}

function stepOf(unit: string, { jobs }: Observed): string | undefined {
  return jobs.find((job) => job.unit === unit)?.step;
}

function isFailure(result: string): boolean {
  return !["done", "skipped", "canceled", "running", "once", "collected"].includes(result);
}

function pattern(text: string): RegExp {
  const parts = text.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

/** Jobs that start something; what stops at the hand-over is not what is asked about. */
function jobsOf(name: string, observed: Observed): readonly ObservedJob[] {
  return observed.jobs.filter((job) => (job.unit === name || job.step === name) && job.type !== "stop");
}

function spanOf(name: string, observed: Observed): Span | undefined {
  const jobs = jobsOf(name, observed);
  const began = jobs.flatMap((job) => job.began ?? []);
  const ended = jobs.flatMap((job) => job.ended ?? []);
  if (began.length === 0 || ended.length === 0) return undefined;
  return { began: Math.min(...began), ended: Math.max(...ended) };
}

function resultOf(job: ObservedJob): string {
  return job.result ?? "running";
}

function namesIn(observed: Observed): readonly string[] {
  return observed.jobs.flatMap((job) => (job.step === undefined ? [job.unit] : [job.unit, job.step]));
}

function told({ began, ended }: Span): string {
  return `from ${began.toFixed(3)} to ${ended.toFixed(3)} s`;
}
