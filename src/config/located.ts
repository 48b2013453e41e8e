import type { Origin } from "../diagnostics/diagnostic.ts";
import { formatPath, type Path } from "./path.ts";

/** Data of a declaration; tables have no prototype, so that no key of a person's can mean anything else. */
export type Value = Scalar | readonly Value[] | Table;
export type Scalar = string | number | boolean | Date;
export interface Table {
  readonly [key: string]: Value;
}

/** A value together with where it, and the key that names it, are written. */
export type Located = LocatedTable | LocatedList | LocatedScalar;

export interface LocatedTable extends Place {
  readonly is: "table";
  readonly entries: ReadonlyMap<string, Located>;
}
export interface LocatedList extends Place {
  readonly is: "list";
  readonly items: readonly Located[];
}
export interface LocatedScalar extends Place {
  readonly is: ScalarKind;
  readonly value: Scalar;
}
export type ScalarKind = "string" | "integer" | "float" | "boolean" | "date";
export type Kind = Located["is"];

interface Place {
  readonly origin: Origin;
  /** For an element of a list the same as `origin`. */
  readonly keyOrigin: Origin;
}

/** The bare data of a located value. */
export function plainValue(located: Located): Value {
  if (located.is === "table") return plainTable(located);
  if (located.is === "list") return located.items.map(plainValue);
  return located.value;
}

export function plainTable(table: LocatedTable): Table {
  const plain: Record<string, Value> = {};
  Object.setPrototypeOf(plain, null);
  for (const [key, entry] of table.entries) plain[key] = plainValue(entry);
  return plain;
}

/** What stands at a path, if anything does. */
export function find(root: Located, path: Path): Located | undefined {
  let here: Located | undefined = root;
  for (const part of path) {
    if (here === undefined) return undefined;
    here = child(here, part);
  }
  return here;
}

/** Where a value is written; for one that is not, the table that lacks it, marked as a default. */
export function originOf(root: Located, path: Path): Origin {
  return nearest(root, path, (located) => located.origin);
}

/** Where the key of a value is written; for one that is not, as `originOf`. */
export function keyOriginOf(root: Located, path: Path): Origin {
  return nearest(root, path, (located) => located.keyOrigin);
}

function nearest(root: Located, path: Path, pick: (located: Located) => Origin): Origin {
  let here = root;
  for (const part of path) {
    const next = child(here, part);
    if (next === undefined) return { ...here.origin, path: formatPath(path), isDefault: true };
    here = next;
  }
  return pick(here);
}

function child(located: Located, part: string | number): Located | undefined {
  if (located.is === "table") return located.entries.get(String(part));
  if (located.is === "list" && typeof part === "number") return located.items[part];
  return undefined;
}
