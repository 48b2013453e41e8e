import type { Origin, Report } from "../diagnostics/diagnostic.ts";
import {
  keyOriginOf,
  originOf,
  plainTable,
  plainValue,
  type Located,
  type LocatedList,
  type LocatedTable,
  type Table,
} from "./located.ts";
import type { Document } from "./parse.ts";
import { formatPath, type Path } from "./path.ts";
import { kindInWords } from "./words.ts";

/** What all files of a declaration say together; every value keeps the origin of the file it came from. */
export interface Declared {
  readonly value: Table;
  readonly root: LocatedTable;
  /** In the order in which they were merged. */
  readonly files: readonly string[];
  readonly replaced: readonly Replacement[];
  /** Where a value is written; for a missing one the nearest table that lacks it, marked as a default. */
  originOf(path: Path): Origin;
  /** Where the key of a value is written. */
  keyOriginOf(path: Path): Origin;
}

/** That a later file changed what an earlier one said. */
export interface Replacement {
  readonly path: Path;
  readonly how: "replaced" | "removed";
  readonly by: Origin;
  readonly was: Origin;
}

/**
 * Merges documents, later over earlier: tables merge, lists for which `isSet` says so unite, everything else is
 * replaced, and `NAME = { remove = true }` takes away what earlier files said of NAME. Reports a removal of nothing
 * (U020) and a value that is of another kind than before (U021); the earlier value then stays.
 */
export function merge(documents: readonly Document[], isSet: (path: Path) => boolean, report: Report): Declared {
  const replaced: Replacement[] = [];
  const merging: Merging = { isSet, report, replaced: (replacement) => replaced.push(replacement) };
  const root = documents.reduce(
    (below, document) => mergeTables(below, document.root, [], merging),
    emptyRoot(documents[0]),
  );
  return declaredOf(root, documents, replaced);
}

interface Merging {
  readonly isSet: (path: Path) => boolean;
  readonly report: Report;
  readonly replaced: (replacement: Replacement) => void;
}

function emptyRoot(first: Document | undefined): LocatedTable {
  const nowhere: Origin = { file: "", path: "", line: 1, column: 1, isDefault: true };
  const origin = first?.root.origin ?? nowhere;
  return { is: "table", origin, keyOrigin: origin, entries: new Map() };
}

function declaredOf(root: LocatedTable, documents: readonly Document[], replaced: readonly Replacement[]): Declared {
  return {
    value: plainTable(root),
    root,
    files: documents.map((document) => document.file),
    replaced,
    originOf: (path) => originOf(root, path),
    keyOriginOf: (path) => keyOriginOf(root, path),
  };
}

function mergeTables(below: LocatedTable, above: LocatedTable, path: Path, merging: Merging): LocatedTable {
  const entries = new Map(below.entries);
  for (const [key, entry] of above.entries) {
    const here = [...path, key];
    const earlier = entries.get(key);
    if (isRemoval(entry)) {
      if (remove(earlier, entry, here, merging)) entries.delete(key);
    } else {
      entries.set(key, earlier === undefined ? settle(entry, here, merging) : over(earlier, entry, here, merging));
    }
  }
  return { ...below, entries };
}

function isRemoval(entry: Located): boolean {
  if (entry.is !== "table" || entry.entries.size !== 1) return false;
  const word = entry.entries.get("remove");
  return word?.is === "boolean" && word.value === true;
}

function remove(earlier: Located | undefined, removal: Located, path: Path, merging: Merging): boolean {
  if (earlier !== undefined) {
    merging.replaced({ path, how: "removed", by: removal.keyOrigin, was: earlier.keyOrigin });
    return true;
  }
  merging.report({
    code: "U020",
    severity: "error",
    message: `there is no \`${formatPath(path)}\` to remove`,
    hint: "`remove = true` takes away what an earlier file says; files count in the order in which they are given",
    at: [removal.keyOrigin],
  });
  return false;
}

/** A value that nothing was said of before; the removals inside it therefore remove nothing. */
function settle(entry: Located, path: Path, merging: Merging): Located {
  if (entry.is !== "table") return entry;
  return mergeTables({ ...entry, entries: new Map() }, entry, path, merging);
}

function over(earlier: Located, later: Located, path: Path, merging: Merging): Located {
  if (shapeOf(earlier) !== shapeOf(later)) return conflict(earlier, later, path, merging);
  if (earlier.is === "table" && later.is === "table") return mergeTables(earlier, later, path, merging);
  if (earlier.is === "list" && later.is === "list" && merging.isSet(path)) return unite(earlier, later);
  merging.replaced({ path, how: "replaced", by: later.origin, was: earlier.origin });
  return later;
}

function shapeOf(located: Located): "table" | "list" | "scalar" {
  return located.is === "table" || located.is === "list" ? located.is : "scalar";
}

function conflict(earlier: Located, later: Located, path: Path, merging: Merging): Located {
  const was = earlier.keyOrigin;
  merging.report({
    code: "U021",
    severity: "error",
    message: `\`${formatPath(path)}\` is ${kindInWords(later.is)} here, but ${kindInWords(earlier.is)} in ${was.file}:${was.line}`,
    hint: "files that are merged must agree on what is a table, a list or a single value",
    at: [later.keyOrigin, was],
  });
  return earlier;
}

function unite(earlier: LocatedList, later: LocatedList): LocatedList {
  const known = new Set(earlier.items.map(identity));
  return { ...earlier, items: [...earlier.items, ...later.items.filter((item) => !known.has(identity(item)))] };
}

function identity(item: Located): string {
  return JSON.stringify(plainValue(item));
}
