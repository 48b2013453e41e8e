import { codes } from "../../diagnostics/codes.ts";
import { exits, type Context } from "../context.ts";
import { showDiagnostics } from "../show.ts";
import { wrapped } from "../wrapped.ts";

/** unitrd explain */
export function runExplain(this: Context, _flags: object, named: string): void {
  const code = named.toUpperCase();
  const entry = Object.entries(codes).find(([known]) => known === code)?.[1];
  if (entry === undefined) {
    const message = `there is no code ${JSON.stringify(named)}`;
    showDiagnostics(this, [{ code: "U703", severity: "error", message, hint: "a code is U and three digits", at: [] }]);
    this.end(exits.usage);
    return;
  }
  const width = Math.min(this.output.width ?? 80, 100);
  const paragraphs = entry.explanation.split(/\n{2,}/).map((paragraph) => wrapped(paragraph, width));
  this.output.write(`${[`${code}: ${entry.title}`, ...paragraphs].join("\n\n")}\n`);
}
