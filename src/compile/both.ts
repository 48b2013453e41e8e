import { findings, type Diagnostic, type Report } from "../diagnostics/diagnostic.ts";
import type { Sources } from "./contributions.ts";
import type { DeclarationFile } from "./declaration.ts";
import { compileWith, prepare, type Compiled, type Prepared } from "./compile.ts";
import type { StageOneKind } from "../stage-one/stage-one.ts";
import type { Decompress } from "../sysroot/module-bytes.ts";

/** The two stage ones of one plan. */
export interface Both {
  readonly prepared: Prepared;
  readonly sides: Readonly<Record<StageOneKind, Side>>;
}

export interface Side {
  /** As far as it goes: without the steps that this stage one cannot do. */
  readonly compiled?: Compiled;
  /** What was found for this stage one alone, besides the steps that it cannot do. */
  readonly found: readonly Diagnostic[];
}

/**
 * Compiles a declaration with each stage one, whichever it asks for. Reports what is wrong with both; what is wrong with
 * one of them is a difference between the two, and no fault.
 */
export async function compileBoth(
  files: readonly DeclarationFile[],
  sources: Sources,
  decompress: Decompress,
  report: Report,
): Promise<Both | undefined> {
  const prepared = prepare(files, sources, report);
  if (prepared?.plan === undefined || prepared.kernel === undefined) return undefined;
  const systemd = await oneSide(prepared, "systemd", decompress);
  const scripted = await oneSide(prepared, "scripted", decompress);
  const shared = systemd.found.filter((one) => scripted.found.some((other) => isSame(one, other)));
  shared.forEach(report);
  const own = (side: Side): Side => ({
    ...side,
    found: side.found.filter((one) => !shared.some((other) => isSame(one, other)) && !cannot.has(one.code)),
  });
  return { prepared, sides: { systemd: own(systemd), scripted: own(scripted) } };
}

/** Steps that one stage one cannot do: its answer stands beside the other's. */
const cannot: ReadonlySet<string> = new Set(["U250", "U251"]);

async function oneSide(prepared: Prepared, kind: StageOneKind, decompress: Decompress): Promise<Side> {
  const found = findings();
  const compiled = await compileWith(prepared, kind, decompress, found.report);
  return { found: found.all, ...(compiled === undefined ? {} : { compiled }) };
}

function isSame(one: Diagnostic, other: Diagnostic): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
