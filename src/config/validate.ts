import type * as z from "zod";
import type { Diagnostic, Origin, Report } from "../diagnostics/diagnostic.ts";
import { explainIssue } from "./explain-issue.ts";
import type { Declared } from "./merge.ts";

/** A declaration that meets its schema: values with defaults filled in, and still where each was written. */
export interface Valid<Output> {
  readonly value: Output;
  readonly declared: Declared;
}

/**
 * Checks what was declared against a schema. Reports every mistake, in order of position (U010 to U016, or the code
 * that a custom issue carries in `params.code`), and then returns `undefined`.
 *
 * A refinement of a feature says what is wrong with `context.addIssue({ code: "custom", message, path, params })`:
 * `message` without a full stop, `path` relative to the table, `params: { code: "U123", hint: "…" }` where wanted.
 */
export function validate<S extends z.ZodType>(
  schema: S,
  declared: Declared,
  report: Report,
): Valid<z.output<S>> | undefined {
  const result = schema.safeParse(declared.value);
  if (result.success) return { value: result.data, declared };
  const found = result.error.issues.flatMap((issue) => explainIssue(issue, schema, declared));
  for (const diagnostic of inOrder(found, declared.files)) report(diagnostic);
  return undefined;
}

/** In the order of files, then of lines and columns; of two at one place the first stays first. */
function inOrder(diagnostics: readonly Diagnostic[], files: readonly string[]): readonly Diagnostic[] {
  return diagnostics.toSorted((a, b) => {
    const [left, right] = [a.at[0], b.at[0]];
    return left === undefined || right === undefined ? 0 : compare(left, right, files);
  });
}

function compare(left: Origin, right: Origin, files: readonly string[]): number {
  return files.indexOf(left.file) - files.indexOf(right.file) || left.line - right.line || left.column - right.column;
}
