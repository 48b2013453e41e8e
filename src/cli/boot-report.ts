import { printable } from "../diagnostics/cell.ts";
import type { BootResult } from "../vm/boot.ts";
import { renderTimeline } from "../vm/render-timeline.ts";
import { failedUnits, type Mark } from "../vm/timeline.ts";

/** Which step each unit carries out; empty when nothing is known of the image. */
export type StepsOfUnits = ReadonlyMap<string, string>;

/** What became of a boot, for a person: the outcome, what failed, and the time line. */
export function bootReport(
  result: BootResult,
  steps: StepsOfUnits,
  options: { readonly width: number; readonly timeline: boolean },
): string {
  const { outcome, timeline, seconds, accelerator } = result;
  const guess = outcome.guessed ? " (read off the console: the guest sent no report)" : "";
  const failed = outcome.is === "hand-over" ? [] : failedUnits(timeline).map((unit) => failedLine(unit, steps));
  const marks = timeline.marks.map(({ what, time }) => `${markNames[what]} ${(time / 1e6).toFixed(2)}s`);
  const chart = options.timeline ? [renderTimeline(timeline, { width: options.width, steps }).trimEnd()] : [];
  return `${[
    ...chart,
    ...failed,
    `outcome    ${outcome.is}: ${printable(outcome.because)}${guess}`,
    `time line  ${marks.length === 0 ? "nothing reported" : marks.join(" → ")}`,
    `machine    ${accelerator.kind}: ${accelerator.because}; ${seconds.toFixed(1)} s of wall time`,
  ].join("\n")}\n`;
}

function failedLine(
  { unit, result }: { readonly unit: string; readonly result: string | undefined },
  steps: StepsOfUnits,
): string {
  const step = steps.get(unit);
  return `failed     ${printable(unit)}${step === undefined ? "" : ` (${step})`}: ${result ?? ""}`;
}

const markNames = {
  init: "kernel",
  systemd: "systemd",
  "initrd-done": "initrd done",
  "switch-root": "switch root",
  "stage-two": "stage two",
} as const satisfies Record<Mark["what"], string>;

/** The same as data. */
export function bootJson(result: BootResult): object {
  const { outcome, exitStatus, seconds, accelerator, timeline, reports, untyped, consoleText } = result;
  return {
    outcome,
    exitStatus,
    seconds,
    accelerator,
    timeline,
    failed: failedUnits(timeline),
    reports,
    untyped,
    console: consoleText,
  };
}
