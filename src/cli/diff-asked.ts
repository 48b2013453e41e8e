import type { Findings as Found } from "../diagnostics/diagnostic.ts";
import type { Findings as Built } from "../build/build.ts";
import type { MachineFlags } from "./machine-flags.ts";

export interface DiffFlags extends MachineFlags {
  readonly format: "text" | "json" | "html";
  readonly output?: string;
  readonly sysroot?: string;
  readonly boot: boolean;
  readonly exitCode: boolean;
  readonly json: boolean;
}

/** What was asked of `unitrd diff`, and what was found on the way. */
export interface Asked {
  readonly found: Found;
  readonly sources: Map<string, string>;
  readonly flags: DiffFlags;
}

export function isDeclaration(file: string): boolean {
  return file.endsWith(".toml");
}

export function sysrootOf({ flags: { sysroot } }: Asked): { readonly sysroot?: string } {
  return sysroot === undefined ? {} : { sysroot };
}

/** Keeps what a build found, and the text that it points into. */
export function note(result: Built, { found, sources }: Asked): void {
  result.diagnostics.forEach(found.report);
  for (const [name, text] of result.sources) sources.set(name, text);
}
