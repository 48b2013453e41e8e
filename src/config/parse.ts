import { parse } from "@iarna/toml";
import { parseTOML, type AST } from "toml-eslint-parser";
import type { Origin, Report } from "../diagnostics/diagnostic.ts";
import { decodeUtf8 } from "./decode.ts";
import { locate, scalarKind, type Placed, type Places, type Span } from "./locate.ts";
import {
  keyOriginOf,
  originOf,
  plainTable,
  type Located,
  type LocatedTable,
  type Scalar,
  type Table,
} from "./located.ts";
import { nestingLimit, tooDeepAt } from "./nesting.ts";
import { formatPath, type Path } from "./path.ts";
import { positions, type Positions } from "./positions.ts";
import { syntaxMistake } from "./syntax-error.ts";

/** One file of a declaration: its data, and where each piece of it is written. */
export interface Document {
  readonly file: string;
  /** The text without a byte order mark. */
  readonly text: string;
  readonly value: Table;
  readonly root: LocatedTable;
  /** Where a value is written; for a missing one the nearest table that lacks it, marked as a default. */
  locate(path: Path): Origin;
  /** Where the key of a value is written. */
  locateKey(path: Path): Origin;
}

/** Far beyond any declaration, and small enough that both parsers end in a second or two. */
export const sizeLimit = 1024 * 1024;

/**
 * Reads one file of TOML 1.0. An empty file is an empty document. Reports what keeps it from being read (U001 to
 * U007) and then returns `undefined`; never throws. `file` is the name that origins and messages carry.
 */
export function parseToml(file: string, source: Uint8Array | string, report: Report): Document | undefined {
  const text = textOf(file, source, report);
  if (text === undefined) return undefined;
  const place = placer(file, positions(text));
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    report({
      code: "U003",
      severity: "error",
      message: `lists and tables nest deeper than ${nestingLimit} levels`,
      at: [place([], { start: deep, end: deep + 1 })],
    });
    return undefined;
  }
  const tree = attempt(() => parseTOML(text, { tomlVersion: "1.0" }));
  if (!tree.ok) {
    reportSyntax(text, isHarmless(text) ? attempt(() => parse(text)) : tree, tree, place, report);
    return undefined;
  }
  const places = locate(tree.value);
  if (!isUsable(places, place, report)) return undefined;
  const value = attempt((): unknown => parse(text));
  if (value.ok) return documentOf(file, text, rootOf(value.value, places, place));
  reportSyntax(text, value, tree, place, report);
  return undefined;
}

/**
 * @iarna/toml takes `[constructor]` for a table that is already there, the function `Object`, and writes into it. So it
 * never sees a text in which such a key may hide.
 */
function isHarmless(text: string): boolean {
  return !/\\u/i.test(text) && !inheritedKeys.some((key) => text.includes(key));
}

/** What every JavaScript object has without having been given it: `constructor`, `toString`, `__proto__` … */
const inheritedKeys = Object.getOwnPropertyNames(Object.prototype);

function reportSyntax(
  text: string,
  value: Attempt<unknown>,
  tree: Attempt<unknown>,
  place: Place,
  report: Report,
): void {
  const { offset, ...words } = syntaxMistake(text, errorOf(value), errorOf(tree));
  report({ code: "U001", severity: "error", ...words, at: [place([], { start: offset, end: offset + 1 })] });
}

function errorOf(tried: Attempt<unknown>): unknown {
  return tried.ok ? undefined : tried.error;
}

function textOf(file: string, source: Uint8Array | string, report: Report): string | undefined {
  if (source.length > sizeLimit) {
    const message = `the file is larger than ${sizeLimit / 1024} KiB`;
    report({ code: "U006", severity: "error", message, at: [startOf(file)] });
    return undefined;
  }
  const decoded = decodeUtf8(typeof source === "string" ? new TextEncoder().encode(source) : source);
  if (decoded.ok) return decoded.text;
  const position = positions(decoded.before).at(decoded.before.length);
  report({
    code: "U002",
    severity: "error",
    message: "the file is not UTF-8 from here on",
    hint: "TOML is always UTF-8: convert the file, or write the character as \\uXXXX",
    at: [{ ...startOf(file), ...position }],
  });
  return undefined;
}

function startOf(file: string): Origin {
  return { file, path: "", line: 1, column: 1, length: 1, isDefault: false };
}

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

function attempt<T>(run: () => T): Attempt<T> {
  try {
    return { ok: true, value: run() };
  } catch (error) {
    return { ok: false, error };
  }
}

type Place = (path: Path, span: Span) => Origin;

function placer(file: string, positions: Positions): Place {
  return (path, { start, end }) => ({
    file,
    path: formatPath(path),
    ...positions.at(start),
    length: positions.lengthOnLine(start, end),
    isDefault: false,
  });
}

/** What is TOML but not a declaration: keys that JavaScript gives a meaning of its own, and numbers it cannot hold. */
function isUsable(places: Places, place: Place, report: Report): boolean {
  let usable = true;
  for (const [path, placed] of places.all()) {
    if (path.length > nestingLimit) {
      const message = `lists and tables nest deeper than ${nestingLimit} levels`;
      report({ code: "U003", severity: "error", message, at: [place(path, placed.key)] });
      return false;
    }
    const key = path.at(-1);
    if (typeof key === "string" && inheritedKeys.includes(key)) {
      report({
        code: "U004",
        severity: "error",
        message: `a key may not be \`${key}\``,
        at: [place(path, placed.key)],
      });
      usable = false;
    }
    if (isInexact(placed.node)) {
      report({
        code: "U005",
        severity: "error",
        message: "this integer is too large",
        hint: `integers go from -${Number.MAX_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}; write an identifier in quotes`,
        at: [place(path, placed.value)],
      });
      usable = false;
    }
  }
  return usable;
}

function isInexact(node: AST.TOMLContentNode | undefined): boolean {
  if (node?.type !== "TOMLValue" || node.kind !== "integer") return false;
  return node.bigint > BigInt(Number.MAX_SAFE_INTEGER) || node.bigint < BigInt(Number.MIN_SAFE_INTEGER);
}

function rootOf(value: unknown, places: Places, place: Place): LocatedTable {
  const start: Placed = { value: { start: 0, end: 0 }, key: { start: 0, end: 0 }, node: undefined };
  return tableOf(value, [], start, places, place);
}

function tableOf(value: unknown, path: Path, placed: Placed, places: Places, place: Place): LocatedTable {
  const entries = new Map<string, Located>();
  if (typeof value === "object" && value !== null) {
    for (const [key, entry] of Object.entries(value)) {
      entries.set(key, locatedOf(entry, [...path, key], placed, places, place));
    }
  }
  return { is: "table", origin: place(path, placed.value), keyOrigin: place(path, placed.key), entries };
}

/** Joins a value with its place; `above` stands in should the two parsers ever disagree about what there is. */
function locatedOf(value: unknown, path: Path, above: Placed, places: Places, place: Place): Located {
  const placed = places.get(path) ?? above;
  if (isScalar(value)) {
    const is = placed.node?.type === "TOMLValue" ? scalarKind(placed.node) : kindOfValue(value);
    return { is, value, origin: place(path, placed.value), keyOrigin: place(path, placed.key) };
  }
  if (!Array.isArray(value)) return tableOf(value, path, placed, places, place);
  return {
    is: "list",
    origin: place(path, placed.value),
    keyOrigin: place(path, placed.key),
    items: value.map((item: unknown, index) => locatedOf(item, [...path, index], placed, places, place)),
  };
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value instanceof Date;
}

function kindOfValue(value: Scalar): "string" | "integer" | "boolean" | "date" {
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "boolean";
  return typeof value === "number" ? "integer" : "date";
}

function documentOf(file: string, text: string, root: LocatedTable): Document {
  return {
    file,
    text,
    value: plainTable(root),
    root,
    locate: (path) => originOf(root, path),
    locateKey: (path) => keyOriginOf(root, path),
  };
}
