import type { Kind } from "./located.ts";

const kinds: Readonly<Record<Kind, string>> = {
  table: "a table",
  list: "a list",
  string: "a string",
  integer: "an integer",
  float: "a float",
  boolean: "a boolean",
  date: "a date",
};

/** A kind of value with its article: `a list`. */
export function kindInWords(kind: Kind): string {
  return kinds[kind];
}

/** `a`, `a or b`, `a, b or c`. */
export function listInWords(items: readonly string[], conjunction: "and" | "or"): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} ${conjunction} ${items.at(-1) ?? ""}`;
}
