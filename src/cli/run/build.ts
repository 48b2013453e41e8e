import { build, type BuildResult } from "../../build/build.ts";
import { exits, type Context } from "../context.ts";
import { buildJson } from "../build-json.ts";
import { buildReport } from "../build-report.ts";
import { leavingOnSignal } from "../leaving.ts";
import { progressLine } from "../progress-line.ts";
import { hasErrors, showDiagnostics, showJson } from "../show.ts";

export interface BuildFlags {
  readonly output: string;
  readonly sysroot?: string;
  readonly cache: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** unitrd build */
export async function runBuild(this: Context, flags: BuildFlags, ...declaration: readonly string[]): Promise<void> {
  const progress = progressLine(this, flags.json || flags.quiet);
  const building = () =>
    build({
      declaration,
      output: flags.output,
      cache: flags.cache,
      ...(flags.sysroot === undefined ? {} : { sysroot: flags.sysroot }),
      progress: (phase) => progress.show(phase === "compile" ? `reading ${declaration.join(", ")}` : "packing"),
    });
  const result = await leavingOnSignal(building, () => progress.clear());
  progress.clear();
  if (flags.json) showJson(this, result.diagnostics, buildJson(result));
  else {
    showDiagnostics(this, result.diagnostics, result.sources);
    const built = wholeBuild(result);
    if (built !== undefined && !flags.quiet) this.output.write(buildReport(built.compiled, built.image));
  }
  if (hasErrors(result.diagnostics)) this.end(exits.fault);
}

function wholeBuild({ compiled, image }: BuildResult) {
  return compiled === undefined || image === undefined ? undefined : { compiled, image };
}
