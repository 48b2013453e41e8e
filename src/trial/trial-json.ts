import { diagnosticsAsJson } from "../diagnostics/render.ts";
import type { CellResult } from "./run-scenarios.ts";

/** Results for programs: what `unitrd test --json` prints of each scenario. */
export function trialJson(results: readonly CellResult[]): object {
  const count = (verdict: CellResult["verdict"]): number =>
    results.filter((result) => result.verdict === verdict).length;
  return {
    passed: count("passed"),
    failed: count("failed"),
    notRun: count("not-run"),
    scenarios: results.map((result) => ({
      name: result.scenario.name,
      folder: result.cell.folder.folder,
      round: result.cell.round,
      sysroot: result.scenario.sysroot,
      verdict: result.verdict,
      failures: result.failures,
      outcome: result.boot?.outcome,
      seconds: result.boot?.seconds,
      retried: result.retried,
      evidence: result.evidence,
      units: result.boot?.timeline.units,
      marks: result.boot?.timeline.marks,
      build: diagnosticsAsJson(result.diagnostics),
      reported: diagnosticsAsJson(result.reported),
    })),
  };
}
