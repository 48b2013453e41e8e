import type { Observed, ObservedFailure, ObservedJob } from "../scenario/observed.ts";
import { readStageTwo } from "../scenario/stage-two-report.ts";
import type { BootResult } from "../vm/boot.ts";
import { startingId } from "../vm/journal-entry.ts";
import type { JournalEntry } from "../vm/journal-entry.ts";
import { readUserland } from "./userland.ts";

/**
 * What a boot showed, for the scenario's judge. `steps` gives the step that a unit was made from; a scripted stage one
 * has no units and writes down its steps itself.
 */
export function observedOf(
  boot: BootResult,
  journal: readonly JournalEntry[],
  steps: ReadonlyMap<string, string>,
  stageOne: Observed["stageOne"],
): Observed {
  const stageTwo = boot.reports.find(({ event }) => event === "stage-two");
  const userland = readUserland(boot.port);
  return {
    end: boot.isCut ? "power-cut" : boot.outcome.is,
    ...(boot.shutdown === undefined ? {} : { shutdown: boot.shutdown }),
    stageOne,
    console: boot.consoleText,
    prompts: promptsIn(boot.consoleText),
    ...(stageTwo === undefined ? {} : { stageTwo: readStageTwo(stageTwo.sections) }),
    ...(userland.size === 0 ? {} : { userland: textsOf(userland) }),
    jobs: stageOne === "systemd" ? jobsOf(journal, steps) : scriptedJobs(boot),
    failures: failuresOf(journal),
    journal: journal.map(({ message, unit }) => ({ text: message, ...(unit === undefined ? {} : { unit }) })),
  };
}

function textsOf(parts: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, string> {
  return new Map([...parts].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]));
}

/** What systemd-cryptsetup asks; a question that is shown again after a wrong answer counts again. */
function promptsIn(console: string): number {
  return [...console.matchAll(/Please enter (?:passphrase|LUKS2 token PIN|recovery key)/g)].length;
}

/** The lines `ID BEGIN END RESULT` of /run/unitrd/steps, from the last report that has them. */
function scriptedJobs(boot: BootResult): readonly ObservedJob[] {
  const sections = boot.reports.flatMap((report) => report.sections.get("steps") ?? []);
  const text = new TextDecoder().decode(sections.at(-1));
  return text.split("\n").flatMap((line) => {
    const [step, begin, end, result] = line.split(" ");
    if (step === undefined || begin === undefined || end === undefined || result === undefined) return [];
    return [{ unit: step, step, type: "start", result, began: Number(begin), ended: Number(end) }];
  });
}

/** Every job that ended, and those that began and did not, in seconds. */
function jobsOf(journal: readonly JournalEntry[], steps: ReadonlyMap<string, string>): readonly ObservedJob[] {
  const begun = new Map<string, number>();
  const jobs: ObservedJob[] = [];
  const common = (unit: string, type: string) => {
    const step = steps.get(unit);
    return { unit, type, ...(step === undefined ? {} : { step }) };
  };
  for (const { unit, jobType, jobResult, messageId, time, pid } of journal) {
    if (unit === undefined || jobType === undefined || pid !== 1) continue;
    const key = `${jobType} ${unit}`;
    const at = time / 1e6;
    if (messageId === startingId && !begun.has(key)) begun.set(key, at);
    if (jobResult === undefined) continue;
    jobs.push({ ...common(unit, jobType), result: jobResult, began: begun.get(key) ?? at, ended: at });
    begun.delete(key);
  }
  const running = [...begun].map(([key, began]) => {
    const [type = "", unit = ""] = key.split(" ");
    return { ...common(unit, type), began };
  });
  return [...jobs, ...running];
}

/** "NAME: Failed with result 'exit-code'.": what PID 1 says of a unit that fails, with or without a job. */
function failuresOf(journal: readonly JournalEntry[]): readonly ObservedFailure[] {
  return journal.flatMap(({ unit, message, pid }) => {
    const result = /: Failed with result '([a-z-]+)'\.$/.exec(message)?.[1];
    return result === undefined || unit === undefined || pid !== 1 ? [] : [{ unit, result }];
  });
}
