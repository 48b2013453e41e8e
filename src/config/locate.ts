import type { AST } from "toml-eslint-parser";
import type { ScalarKind } from "./located.ts";
import type { Path } from "./path.ts";

/** A stretch of text, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where one value and its key are written. A table that only dotted keys or longer headers imply has their part. */
export interface Placed {
  readonly value: Span;
  readonly key: Span;
  readonly node: AST.TOMLContentNode | undefined;
}

/** Everything that a text defines, by path. */
export interface Places {
  get(path: Path): Placed | undefined;
  all(): Iterable<readonly [Path, Placed]>;
}

/** Walks a syntax tree once and notes where each table, list and value is. */
export function locate(program: AST.TOMLProgram): Places {
  const noted = new Map<string, readonly [Path, Placed]>();
  const note: Note = (path, placed, explicit) => {
    const id = JSON.stringify(path);
    if (explicit || !noted.has(id)) noted.set(id, [path, placed]);
  };
  for (const node of program.body[0].body) {
    if (node.type === "TOMLTable") noteTable(node, note);
    else noteKeyValue(node, [], note);
  }
  return { get: (path) => noted.get(JSON.stringify(path))?.[1], all: () => noted.values() };
}

type Note = (path: Path, placed: Placed, explicit: boolean) => void;

function noteTable(table: AST.TOMLTable, note: Note): void {
  noteHeader(table, note);
  for (const pair of table.body) noteKeyValue(pair, table.resolvedKey, note);
}

/** `[a.b]` also implies `a`; in the path of `[[a]]`, and below it, the parser has put the index after the name. */
function noteHeader(table: AST.TOMLTable, note: Note): void {
  const path = table.resolvedKey;
  const start = table.key.range[0];
  let named = 0;
  for (let depth = 1; depth <= path.length; depth++) {
    if (typeof path[depth - 1] === "string") named++;
    const key = keySpan(table.key, named - 1);
    const last = depth === path.length;
    note(path.slice(0, depth), { value: { start, end: key.end }, key, node: undefined }, last);
  }
}

function noteKeyValue(pair: AST.TOMLKeyValue, above: Path, note: Note): void {
  const names = pair.key.keys.map(keyName);
  const start = pair.key.range[0];
  names.slice(0, -1).forEach((_, index) => {
    const key = keySpan(pair.key, index);
    const path = [...above, ...names.slice(0, index + 1)];
    note(path, { value: { start, end: key.end }, key, node: undefined }, false);
  });
  noteValue(pair.value, [...above, ...names], keySpan(pair.key, names.length - 1), note);
}

function noteValue(node: AST.TOMLContentNode, path: Path, key: Span, note: Note): void {
  note(path, { value: spanOf(node), key, node }, true);
  if (node.type === "TOMLArray") {
    node.elements.forEach((element, index) => {
      noteValue(element, [...path, index], spanOf(element), note);
    });
  } else if (node.type === "TOMLInlineTable") {
    for (const pair of node.body) noteKeyValue(pair, path, note);
  }
}

function keyName(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === "TOMLBare" ? key.name : key.value;
}

function keySpan(key: AST.TOMLKey, index: number): Span {
  const part = key.keys[index];
  return part === undefined ? spanOf(key) : spanOf(part);
}

function spanOf(node: { readonly range: readonly [number, number] }): Span {
  return { start: node.range[0], end: node.range[1] };
}

/** The kind of a scalar as it is written: `1.0` is a float though JavaScript has one kind of number. */
export function scalarKind(node: AST.TOMLValue): ScalarKind {
  switch (node.kind) {
    case "string":
    case "integer":
    case "float":
    case "boolean":
      return node.kind;
    default:
      return "date";
  }
}
