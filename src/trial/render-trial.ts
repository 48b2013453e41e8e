import { shortOrigin } from "../diagnostics/diagnostic.ts";
import type { Failure } from "../scenario/failure.ts";
import type { TrialResult } from "./run-scenario.ts";

/** A trial that did not pass, for a person: what went wrong first, who caused it, and where the rest is. */
export function renderTrial(result: TrialResult): string {
  const { scenario, failures, boot, diagnostics, evidence } = result;
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  return [
    `${scenario.name}${scenario.description === undefined ? "" : ` (${scenario.description})`}: ${result.verdict}`,
    ...errors.map(({ code, message, at: [at] }) => {
      return `  ${code} ${message}${at === undefined ? "" : ` (${shortOrigin(at)})`}`;
    }),
    ...culpritLines(result),
    ...failures.slice(0, shown).flatMap((failure) => renderFailure(failure, result)),
    ...(failures.length > shown ? [`  and ${failures.length - shown} more that did not come true`] : []),
    ...(boot === undefined
      ? []
      : [`  ${result.bootName ?? "the boot"} ended: ${boot.outcome.because}, after ${boot.seconds.toFixed(1)} s`]),
    ...(evidence === undefined ? [] : [`  console and journal: ${evidence}`]),
  ].join("\n");
}

/** What follows from the first failures is seldom news. */
const shown = 4;

function renderFailure(failure: Failure, { scenario }: TrialResult): readonly string[] {
  const origin = scenario.locate(failure.path);
  return [
    `  scenario.toml:${origin.line} expected ${failure.expected}`,
    `    found ${failure.found}`,
    ...failure.near.map((line) => `      ${line}`),
  ];
}

/** The job that failed first, and the last it said. */
function culpritLines({ culprit, awaited, journal }: TrialResult): readonly string[] {
  if (culprit === undefined) return [];
  const said = journal.filter(({ unit }) => unit === culprit.unit).map(({ message }) => message);
  return [
    `  first to fail: ${culprit.unit} (${culprit.result ?? "still running"})`,
    ...said.slice(-6).map((line) => `      ${line}`),
    ...(awaited === undefined ? [] : [`    ${awaited}`]),
  ];
}
