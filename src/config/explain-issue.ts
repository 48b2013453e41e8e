import * as z from "zod";
import type { Code, Diagnostic } from "../diagnostics/diagnostic.ts";
import { formatToml } from "./format-toml.ts";
import { find, plainValue, type Located } from "./located.ts";
import type { Declared } from "./merge.ts";
import { formatKey, formatPath, quote, type Path } from "./path.ts";
import { layers, metadataOf, schemasAt, type Schema } from "./schema-walk.ts";
import { suggest } from "./suggest.ts";
import { bestBranch } from "./union-branch.ts";
import { unknownKey } from "./unknown-key.ts";
import { kindInWords, listInWords } from "./words.ts";

export type Issue = z.core.$ZodIssue;

/** One issue of zod as diagnostics in words of TOML; `above` is the path to what the issue's own path starts from. */
export function explainIssue(issue: Issue, schema: Schema, declared: Declared, above: Path = []): Diagnostic[] {
  const path = [...above, ...pathOf(issue)];
  const written = find(declared.root, path);
  if (issue.code === "custom") return [custom(issue, path, declared)];
  if (written === undefined) return [missing(path, schema, declared)];
  switch (issue.code) {
    case "invalid_type":
      return [wrongValue([expectedWord(issue.expected, path, schema)], [], path, written)];
    case "invalid_value":
      return [wrongValue([], issue.values.map(String), path, written)];
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(key, path, schema, declared));
    case "invalid_union":
      return explainUnion(issue, path, written, schema, declared);
    case "invalid_key":
      return [badName(issue, path, written), ...belowBadName(path, written, schema, declared)];
    case "too_small":
    case "too_big":
      return [complaint("U014", path, rangeComplaint(issue), written.origin)];
    default:
      return [complaint("U014", path, issue.message, written.origin)];
  }
}

function badName(issue: z.core.$ZodIssueInvalidKey, path: Path, written: Located): Diagnostic {
  return complaint("U015", path, issue.issues[0]?.message ?? "this name is not allowed", written.keyOrigin);
}

/** zod leaves out a value whose key is wrong; its mistakes are told all the same. */
function belowBadName(path: Path, written: Located, schema: Schema, declared: Declared): Diagnostic[] {
  const issues = schemasAt(schema, path).flatMap((child) => {
    const result = z.safeParse(child, plainValue(written));
    return result.success ? [] : result.error.issues;
  });
  return issues.flatMap((issue) => explainIssue(issue, schema, declared, path));
}

function pathOf(issue: Issue): Path {
  return issue.path.map((part) => (typeof part === "number" ? part : String(part)));
}

function complaint(code: Code, path: Path, message: string, at: Diagnostic["at"][number]): Diagnostic {
  return { code, severity: "error", message: `${subject(path)}${message}`, at: [at] };
}

function subject(path: Path): string {
  return path.length === 0 ? "" : `\`${formatPath(path)}\`: `;
}

/** What a feature's own rule says; its `params` may name a code and a hint. */
function custom(issue: z.core.$ZodIssueCustom, path: Path, declared: Declared): Diagnostic {
  const code: unknown = issue.params?.["code"];
  const hint: unknown = issue.params?.["hint"];
  const plain = complaint(isCode(code) ? code : "U014", path, issue.message, declared.originOf(path));
  return typeof hint === "string" ? { ...plain, hint } : plain;
}

function isCode(code: unknown): code is Code {
  return typeof code === "string" && /^U\d+$/.test(code);
}

function missing(path: Path, schema: Schema, declared: Declared): Diagnostic {
  const key = path.at(-1);
  const where = path.slice(0, -1);
  const table = where.length === 0 ? "the declaration" : `\`${formatPath(where)}\``;
  const example = schemasAt(schema, path).map((found) => metadataOf(found).example)[0];
  const plain: Diagnostic = {
    code: "U012",
    severity: "error",
    message: `${table} lacks \`${typeof key === "string" ? formatKey(key) : ""}\``,
    at: [{ ...declared.originOf(where), isDefault: false }],
  };
  if (typeof key !== "string" || typeof example !== "string") return plain;
  return { ...plain, hint: `for example: ${formatKey(key)} = ${quote(example)}` };
}

/** Neither of a kind that is expected nor one of the words that are. */
function wrongValue(kinds: readonly string[], words: readonly string[], path: Path, written: Located): Diagnostic {
  if (words.length > 0 && (written.is === "string" || kinds.length === 0))
    return wrongWord(kinds, words, path, written);
  const expected = [...new Set([...kinds, ...words.map(quote)])];
  const plain = complaint(
    "U010",
    path,
    `expected ${listInWords(expected, "or")}, got ${gotWord(written)}`,
    written.origin,
  );
  const hint = kindHint(kinds, written);
  return hint === undefined ? plain : { ...plain, hint };
}

/** Numbers that zod does not take as such are named; the kind would be the expected one. */
function gotWord(written: Located): string {
  if (written.is !== "float" || Number.isFinite(written.value)) return kindInWords(written.is);
  return `\`${formatToml(written.value)}\``;
}

function wrongWord(kinds: readonly string[], words: readonly string[], path: Path, written: Located): Diagnostic {
  const allowed = listInWords([...words.map(quote), ...kinds], "or");
  const got = written.is === "string" ? quote(String(written.value)) : kindInWords(written.is);
  const near = written.is === "string" ? suggest(String(written.value), words) : undefined;
  return {
    ...complaint("U013", path, `expected ${allowed}, got ${got}`, written.origin),
    ...(near === undefined ? {} : { hint: `did you mean ${quote(near)}?` }),
  };
}

/** The mistakes of kind that are easily mended. */
function kindHint(kinds: readonly string[], written: Located): string | undefined {
  if (kinds.includes(kindInWords("list")) && written.is === "string") {
    return `a list of one: [${quote(String(written.value))}]`;
  }
  if (kinds.every((kind) => kind === kindInWords("string")) && (written.is === "integer" || written.is === "boolean")) {
    return `write it in quotes: ${quote(String(written.value))}`;
  }
  if (written.is !== "string") return undefined;
  const bare = String(written.value);
  const meant =
    (kinds.includes("a boolean") && /^(true|false)$/.test(bare)) ||
    (kinds.includes("an integer") && /^\d+$/.test(bare));
  return meant ? `write it without quotes: ${bare}` : undefined;
}

/** zod's words for kinds, and TOML's. Of an integer zod first says that it is a number. */
function expectedWord(expected: string, path: Path, schema: Schema): string {
  switch (expected) {
    case "number": {
      const numbers = schemasAt(schema, path)
        .flatMap(layers)
        .filter((layer) => layer instanceof z.ZodNumber);
      const whole = numbers.length > 0 && numbers.every((number) => number.format?.includes("int") === true);
      return whole ? "an integer" : "a number";
    }
    case "int":
      return "an integer";
    case "array":
    case "tuple":
    case "set":
      return "a list";
    case "object":
    case "record":
    case "map":
      return "a table";
    default:
      return `a ${expected}`;
  }
}

function explainUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  written: Located,
  schema: Schema,
  declared: Declared,
): Diagnostic[] {
  if (issue.discriminator !== undefined && issue.errors.length === 0) {
    const options = issue.inclusive === false ? [] : (issue.options ?? []);
    return [wrongValue([], options.map(String), path, written)];
  }
  const branch = bestBranch(issue.errors);
  if (branch.is === "mismatch")
    return [
      wrongValue(
        branch.kinds.map((kind) => expectedWord(kind, path, schema)),
        branch.values,
        path,
        written,
      ),
    ];
  return branch.issues.flatMap((inner) => explainIssue(inner, schema, declared, path));
}

type RangeIssue = z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig;

function rangeComplaint(issue: RangeIssue): string {
  const small = issue.code === "too_small";
  const limit = Number(small ? issue.minimum : issue.maximum);
  if (issue.origin === "string") {
    if (small && limit === 1) return "may not be empty";
    return `must have at ${small ? "least" : "most"} ${limit} characters`;
  }
  if (issue.origin === "array") {
    if (small && limit === 1) return "may not be empty";
    return `must have at ${small ? "least" : "most"} ${limit} ${limit === 1 ? "entry" : "entries"}`;
  }
  if (issue.inclusive === false) return `must be ${small ? "more" : "less"} than ${limit}`;
  return `must be at ${small ? "least" : "most"} ${limit}`;
}
