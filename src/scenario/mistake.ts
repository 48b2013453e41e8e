import type * as z from "zod";
import type { Code } from "../diagnostics/diagnostic.ts";

/** A mistake in a scenario, at a path of keys. */
export interface Mistake {
  readonly code: Code;
  readonly message: string;
  readonly hint?: string;
  readonly path: readonly (string | number)[];
  /** The key is wrong, not its value. */
  readonly ofKey?: boolean;
}

/** What a schema refused: unknown keys (U671) one by one, and the rest (U670). */
export function mistakesIn(error: z.core.$ZodError): readonly Mistake[] {
  return error.issues.flatMap((issue) => mistakesOf(issue, []));
}

function mistakesOf(issue: z.core.$ZodIssue, above: readonly (string | number)[]): readonly Mistake[] {
  const path = [...above, ...issue.path.map((part) => (typeof part === "symbol" ? String(part) : part))];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        code: "U671",
        message: `there is no key \`${key}\` here`,
        path: [...path, key],
        ofKey: true,
      }));
    case "invalid_key":
      return [{ code: "U670", message: issue.issues[0]?.message ?? issue.message, path, ofKey: true }];
    case "invalid_union":
      return nearestOfUnion(issue.errors, path) ?? [{ code: "U670", message: plain(issue.message), path }];
    default:
      return [{ code: "U670", message: plain(issue.message), path }];
  }
}

/** Of the ways to read a value, the one that got furthest: a table with one wrong key is meant to be that table. */
function nearestOfUnion(
  ways: readonly (readonly z.core.$ZodIssue[])[],
  path: readonly (string | number)[],
): readonly Mistake[] | undefined {
  const inside = ways.filter((issues) =>
    issues.every((issue) => issue.path.length > 0 || issue.code === "unrecognized_keys"),
  );
  const nearest = [...inside].sort((a, b) => a.length - b.length)[0];
  return nearest?.flatMap((issue) => mistakesOf(issue, path));
}

/** zod's sentences without its "Invalid input: " before them. */
function plain(message: string): string {
  return message.replace(/^Invalid (input|option): /, "");
}
