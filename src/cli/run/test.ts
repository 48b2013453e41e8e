import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { draftFiles } from "../../build/build.ts";
import { findings, type Report } from "../../diagnostics/diagnostic.ts";
import { writeAtomically } from "../../host/atomic-file.ts";
import { scenarioTrees } from "../../host/environment.ts";
import { seconds, type Timer } from "../../host/clock.ts";
import { interruption } from "../../host/signals.ts";
import { cellName } from "../../trial/cell-name.ts";
import { keepEvidence } from "../../trial/evidence.ts";
import { findScenarios, type ScenarioFolder } from "../../trial/find-scenarios.ts";
import { htmlReport } from "../../trial/html-report.ts";
import { junit } from "../../trial/junit.ts";
import { newScenario } from "../../trial/new-scenario.ts";
import { renderTrial } from "../../trial/render-trial.ts";
import type { TrialOptions } from "../../trial/trial-options.ts";
import { cellsOf, runScenarios, type Cell, type CellResult } from "../../trial/run-scenarios.ts";
import { trialJson } from "../../trial/trial-json.ts";
import { forcedStageOnes, leftOutLines, selectScenarios } from "../../trial/select-scenarios.ts";
import { trialWorld } from "../../trial/trial-world.ts";
import { renderTimeline } from "../../vm/render-timeline.ts";
import { exits, type Context } from "../context.ts";
import { hasErrors, showDiagnostics, showJson } from "../show.ts";

export interface TestFlags {
  readonly "stage-one": "declared" | "systemd" | "scripted" | "both";
  readonly sysroot: readonly string[];
  readonly jobs?: number;
  readonly repeat: number;
  readonly shard?: { readonly part: number; readonly of: number };
  readonly keep?: string;
  readonly junit?: string;
  readonly html?: string;
  readonly full: boolean;
  readonly timeline: boolean;
  readonly json: boolean;
  readonly new: boolean;
}

/** unitrd test */
export async function runTest(this: Context, flags: TestFlags, ...paths: readonly string[]): Promise<void> {
  if (flags.new) {
    await writeNew(this, flags, paths);
    return;
  }
  const found = findings();
  const folders = findScenarios(paths, found.report);
  const sources = new Map(folders.map(({ file, text }) => [file, text]));
  if (found.hasErrors()) {
    if (flags.json) showJson(this, found.all, {});
    else showDiagnostics(this, found.all, sources);
    this.end(exits.fault);
    return;
  }
  const chosen = selectScenarios(
    folders.map((folder) => onSysroot(folder, flags)),
    { full: flags.full, stageOnes: forcedStageOnes(flags["stage-one"]) },
  );
  const cells = cellsOf(chosen.folders, {
    repeat: flags.repeat,
    ...(flags.shard === undefined ? {} : { shard: flags.shard }),
  });
  const interrupted = interruption();
  // Made when there is something to keep; nobody can guess it.
  const evidence = flags.keep ?? join(tmpdir(), `unitrd-test-${randomUUID()}`);
  const leaving = leaveSoon(interrupted.signal);
  try {
    const results = await runAll(this, flags, cells, evidence, interrupted.signal);
    await writeReports(flags, results, found.report);
    if (flags.json) showJson(this, found.all, trialJson(results));
    else {
      showDiagnostics(this, found.all);
      this.output.write(summaryLine(results, cells.length));
      this.output.write(leftOutLines(chosen.leftOut));
    }
    const allPassed = results.length === cells.length && results.every(({ verdict }) => verdict === "passed");
    if (interrupted.signal.aborted) this.end(130);
    else if (!allPassed || found.hasErrors()) this.end(exits.fault);
  } finally {
    leaving.cancel();
    interrupted.dispose();
  }
}

/** What runs is given some seconds to end in order; then the process ends, and what it runs with it. */
function leaveSoon(signal: AbortSignal): Pick<Timer, "cancel"> {
  let timer: Timer | undefined;
  signal.addEventListener("abort", () => {
    timer = seconds(4);
    void timer.over.then(() => process.exit(130));
  });
  return { cancel: () => timer?.cancel() };
}

/** A directory without a name stands in for every tree. */
function onSysroot(folder: ScenarioFolder, flags: TestFlags): ScenarioFolder {
  const sysroot = flags.sysroot.find((one) => !one.includes("="));
  if (sysroot === undefined) return folder;
  const scenarios = folder.scenarios.map((scenario) => ({ ...scenario, sysroot: `${resolve(sysroot)}/` }));
  return { ...folder, scenarios };
}

async function runAll(
  context: Context,
  flags: TestFlags,
  cells: readonly Cell[],
  evidence: string,
  signal: AbortSignal,
): Promise<readonly CellResult[]> {
  const options = trialOptions(flags, evidence, signal);
  const jobs = flags.jobs ?? availableParallelism();
  const optionsFor = (cell: Cell): TrialOptions => ({
    ...options,
    folder: cell.folder.folder,
    evidence: evidenceOf(evidence, cell),
  });
  return runScenarios(cells, jobs, optionsFor, {
    ended: (result) => {
      if (!flags.json) tell(context, flags, result);
      if (flags.keep === undefined || result.boot === undefined || result.evidence !== undefined) return;
      void keepEvidence(evidenceOf(flags.keep, result.cell), result.scenario.name, result.boot, result.journal);
    },
  });
}

function evidenceOf(parent: string, { place }: Cell): string {
  return place === 1 ? parent : join(parent, String(place));
}

function trialOptions(flags: TestFlags, evidence: string, signal: AbortSignal): Omit<TrialOptions, "folder"> {
  const known = scenarioTrees();
  const named = flags.sysroot.flatMap((one) => {
    const [, name, directory] = /^([^=/]+)=(.+)$/.exec(one) ?? [];
    return name === undefined || directory === undefined ? [] : [[name, resolve(directory)] as const];
  });
  const trees = { ...known.trees, ...Object.fromEntries(named) };
  return { ...trialWorld({ trees, images: known.images }), evidence, signal };
}

function tell(context: Context, flags: TestFlags, result: CellResult): void {
  const { verdict, boot } = result;
  const seconds = boot === undefined ? "" : ` in ${boot.seconds.toFixed(1)} s`;
  const mark = verdict === "passed" ? "passed " : verdict === "failed" ? "FAILED " : "NOT RUN";
  context.output.write(
    `${mark} ${cellName(result.cell, flags.repeat)}${seconds}${result.retried ? " (QEMU died; run again)" : ""}\n`,
  );
  const told = [...result.reported, ...(verdict === "not-run" ? result.diagnostics : [])];
  showDiagnostics(context, told, new Map([[result.cell.folder.file, result.cell.folder.text]]));
  if (verdict === "failed") context.output.write(`${renderTrial(result)}\n`);
  if (!flags.timeline || boot === undefined) return;
  const steps = result.steps === undefined ? {} : { steps: result.steps };
  context.output.write(renderTimeline(boot.timeline, { width: context.output.width ?? 100, ...steps }));
}

function summaryLine(results: readonly CellResult[], wanted: number): string {
  const passed = results.filter(({ verdict }) => verdict === "passed").length;
  const missing = wanted - results.length;
  return `${passed} passed, ${results.length - passed} failed${missing > 0 ? `, ${missing} not run` : ""}\n`;
}

async function writeReports(flags: TestFlags, results: readonly CellResult[], report: Report): Promise<void> {
  const write = async (path: string | undefined, text: string): Promise<void> => {
    if (path !== undefined) await writeAtomically(path, 0o644, [new TextEncoder().encode(text)], report);
  };
  await write(flags.junit, junit(results, flags.repeat));
  await write(flags.html, htmlReport(results, flags.repeat));
}

async function writeNew(context: Context, flags: TestFlags, paths: readonly string[]): Promise<void> {
  const found = findings();
  for (const path of paths) {
    const machine = join(path, "machine.toml");
    const file = join(path, "scenario.toml");
    if (existsSync(file)) {
      found.report({
        code: "U686",
        severity: "error",
        message: `${file} is there already`,
        hint: "edit it, or take it away first",
        at: [],
      });
      continue;
    }
    const sysroot = flags.sysroot[0] ?? "/";
    const drafted = await draftFiles({ declaration: [machine], sysroot });
    if (drafted.draft === undefined || hasErrors(drafted.diagnostics)) {
      showDiagnostics(context, drafted.diagnostics, drafted.sources);
      context.end(exits.fault);
      continue;
    }
    const text = newScenario(drafted.draft.declaration, `${resolve(sysroot).replace(/\/$/, "")}/`);
    if (await writeAtomically(file, 0o644, [new TextEncoder().encode(text)], found.report)) {
      context.output.write(`wrote ${file}; run it with: unitrd test ${path}\n`);
    }
  }
  showDiagnostics(context, found.all);
  if (found.hasErrors()) context.end(exits.fault);
}
