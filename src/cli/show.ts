import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnosticsAsJson, renderDiagnostics, summary } from "../diagnostics/render.ts";
import type { Context } from "./context.ts";

/** Prints findings on standard error, as a compiler does, with a line that counts them. */
export function showDiagnostics(
  context: Context,
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string> = new Map(),
): void {
  if (diagnostics.length === 0) return;
  const { colour, width } = context.messages;
  const options = { sources: (file: string) => sources.get(file), colour, ...(width === undefined ? {} : { width }) };
  context.messages.write(`${renderDiagnostics(diagnostics, options)}\n`);
  if (hasErrors(diagnostics)) context.messages.write(`unitrd: ${summary(diagnostics)}\n`);
}

/** Prints the one document of `--json`: whether it went well, the findings, and what the command adds. */
export function showJson(context: Context, diagnostics: readonly Diagnostic[], more: object): void {
  context.output.write(jsonText(diagnostics, more));
}

export function jsonText(diagnostics: readonly Diagnostic[], more: object): string {
  const document = { ok: !hasErrors(diagnostics), ...diagnosticsAsJson(diagnostics), ...more };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}
