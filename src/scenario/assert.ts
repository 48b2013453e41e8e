import type { Expectation } from "./expectation.ts";
import type { Failure, Judge } from "./failure.ts";
import { judgeFiles } from "./judge/files.ts";
import { judgeJobs } from "./judge/jobs.ts";
import { judgeLinks } from "./judge/links.ts";
import { judgeMounts } from "./judge/mounts.ts";
import { judgeOff } from "./judge/off.ts";
import { judgeSystem } from "./judge/system.ts";
import { judgeText } from "./judge/text.ts";
import type { Observed } from "./observed.ts";

/**
 * What of an expectation did not come true, the end of the boot first. Where stage two was expected and not reached,
 * what only it could tell is left unsaid: the end is the failure.
 */
export function judge(expectation: Expectation, observed: Observed): readonly Failure[] {
  const failures: Failure[] = [];
  const fail: Judge = (failure) => {
    failures.push(failure);
  };
  if (observed.end !== expectation.end) {
    fail({ path: ["end"], expected: expectation.end, found: observed.end, near: lastWords(observed.console) });
  }
  judgeStageTwo(expectation, observed, fail);
  judgeOff(expectation, observed, fail);
  judgeJobs(expectation, observed, fail);
  judgeText(["console"], expectation.console, observed.console.split(/\r?\n/), fail);
  const messages = observed.journal.map(({ text }) => text);
  // Nothing keeps a journal in a scripted stage one.
  if (observed.stageOne === "systemd") judgeText(["journal"], expectation.journal, messages, fail);
  for (const [part, wanted] of Object.entries(expectation.userland ?? {})) {
    const reported = observed.userland?.get(part);
    if (reported !== undefined) judgeText(["userland", part], wanted, reported.split("\n"), fail);
    else fail({ path: ["userland", part], expected: `a report of ${part}`, found: "none", near: [] });
  }
  if (expectation.findings !== undefined && observed.findings !== undefined) {
    const [expected, found] = [expectation.findings, observed.findings].map((codes) => [...codes].sort().join(" "));
    if (expected !== found) fail({ path: ["findings"], expected: expected ?? "", found: found ?? "", near: [] });
  }
  if (expectation.prompts !== undefined && expectation.prompts !== observed.prompts) {
    const [expected, found] = [expectation.prompts, observed.prompts].map((count) => `${count} prompts`);
    fail({ path: ["prompts"], expected: expected ?? "", found: found ?? "", near: [] });
  }
  return failures;
}

/** The last lines of a console, and before them what names the declaration: `machine.toml:2 luks.root.device`. */
function lastWords(console: string): readonly string[] {
  const lines = console.trimEnd().split(/\r?\n/);
  const last = lines.slice(-5);
  const ours = lines.slice(0, -5).filter((line) => /\S+\.toml:\d+ \S/.test(line));
  return [...[...new Set(ours)].slice(-3), ...last];
}

function judgeStageTwo(expectation: Expectation, observed: Observed, fail: Judge): void {
  if (observed.stageTwo !== undefined) {
    judgeMounts(expectation, observed.stageTwo, fail);
    judgeSystem(expectation, observed.stageTwo, fail);
    judgeLinks(expectation, observed.stageTwo, fail);
    judgeFiles(expectation, observed.stageTwo, fail);
    return;
  }
  if (observed.end !== expectation.end) return;
  const asked = toldByStageTwo.find((key) => expectation[key] !== undefined);
  if (asked === undefined) return;
  fail({ path: [asked], expected: "a report from stage two", found: "none", near: [] });
}

const toldByStageTwo = [
  ...([
    "mounts",
    "mappings",
    "mapping-count",
    "modules",
    "module-parameters",
    "links",
    "routes",
    "files",
    "swap",
    "shell",
  ] as const),
];
