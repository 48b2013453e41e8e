import { draftFiles } from "../../build/build.ts";
import type { Draft } from "../../compile/compile.ts";
import { findings } from "../../diagnostics/diagnostic.ts";
import { graphDot } from "../../graph/dot.ts";
import { measured, type Graph, type Measured } from "../../graph/graph.ts";
import { graphJson } from "../../graph/json.ts";
import { planGraph } from "../../graph/plan-graph.ts";
import { styledSvg } from "../../graph/svg-style.ts";
import { graphText } from "../../graph/text.ts";
import { unitGraph } from "../../graph/unit-graph.ts";
import { writeAtomically } from "../../host/atomic-file.ts";
import { exits, type Context } from "../context.ts";
import { hasErrors, jsonText, showDiagnostics } from "../show.ts";

export interface GraphFlags {
  readonly format: "text" | "dot" | "svg" | "json";
  readonly output?: string;
  readonly sysroot?: string;
  readonly units: boolean;
  readonly json: boolean;
}

/** unitrd graph */
export async function runGraph(this: Context, flags: GraphFlags, ...declaration: readonly string[]): Promise<void> {
  const format = flags.json ? "json" : flags.format;
  const result = await draftFiles({
    declaration,
    ...(flags.sysroot === undefined ? {} : { sysroot: flags.sysroot }),
  });
  const found = findings();
  result.diagnostics.forEach(found.report);
  const graph = result.draft === undefined ? undefined : graphOf(result.draft, flags.units);
  if (flags.units && result.draft !== undefined && graph === undefined) found.report(noUnits(flags.sysroot ?? "/"));
  const drawn = graph === undefined ? undefined : measured(graph);
  if (format === "json")
    await give(this, flags, jsonText(found.all, drawn === undefined ? {} : graphJson(drawn)), found.report);
  else if (drawn !== undefined)
    await give(this, flags, await rendered(drawn, format, this, flags, declaration), found.report);
  if (format !== "json") showDiagnostics(this, found.all, result.sources);
  if (hasErrors(found.all)) this.end(exits.fault);
}

function graphOf(draft: Draft, units: boolean): Graph | undefined {
  if (units) return draft.stage?.kind === "systemd" ? unitGraph(draft.stage) : undefined;
  const { stage } = draft;
  if (stage?.kind !== "systemd") return planGraph(draft.plan);
  return planGraph(draft.plan, (id) => stage.units.filter(({ step }) => step === id).map(({ unit }) => unit.name));
}

function noUnits(sysroot: string) {
  return {
    code: "U708",
    severity: "error",
    message: `there are no units: neither a systemd in ${sysroot} nor a systemd stage one`,
    hint: "without --units the steps are shown; --sysroot DIRECTORY names the tree that the image is made from",
    at: [],
  } as const;
}

async function rendered(
  drawn: Measured,
  format: "text" | "dot" | "svg",
  { output }: Context,
  flags: GraphFlags,
  declaration: readonly string[],
): Promise<string> {
  switch (format) {
    case "text": {
      const isFile = flags.output !== undefined;
      return graphText(drawn, { width: (isFile ? undefined : output.width) ?? 120, colour: !isFile && output.colour });
    }
    case "dot":
      return graphDot(drawn);
    case "svg": {
      const { instance } = await import("@viz-js/viz");
      const viz = await instance();
      return styledSvg(viz.renderString(graphDot(drawn), { format: "svg" }), `The boot of ${declaration.join(", ")}`);
    }
  }
}

async function give(
  context: Context,
  { output }: GraphFlags,
  text: string,
  report: ReturnType<typeof findings>["report"],
): Promise<void> {
  if (output === undefined) context.output.write(text);
  else await writeAtomically(output, 0o644, [Buffer.from(text)], report);
}
