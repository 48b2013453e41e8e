/**
 * A table with another laid over it: tables merge, lists of tables that all have a `name` merge by it, every other
 * value is replaced, and `{ remove = true }` takes one away.
 */
export function mergeTables(base: Table, over: Table): Table {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (isRemoval(value)) Reflect.deleteProperty(merged, key);
    else merged[key] = mergeValues(merged[key], value);
  }
  return merged;
}

/**
 * A scenario with a variant laid over it. `override` is a declaration that is merged once more, over machine.toml, so
 * what it removes there stays written in it.
 */
export function mergeVariant(base: Table, over: Table): Table {
  const { override: baseOverride, ...baseRest } = base;
  const { override: ownOverride, ...ownRest } = over;
  const merged = mergeTables(baseRest, ownRest);
  const layers = [baseOverride, ownOverride].filter((layer) => layer !== undefined);
  return layers.length === 0 ? merged : { ...merged, override: layers.reduce<unknown>(overlay, {}) };
}

function overlay(base: unknown, over: unknown): unknown {
  if (!isTable(base) || !isTable(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = overlay(merged[key], value);
  return merged;
}

type Table = Readonly<Record<string, unknown>>;

function mergeValues(base: unknown, over: unknown): unknown {
  if (isNamedList(over)) return mergeByName(isNamedList(base) ? base : [], over);
  if (isTable(over)) return mergeTables(isTable(base) ? base : {}, over);
  return over;
}

function mergeByName(base: readonly Table[], over: readonly Table[]): readonly Table[] {
  const changed = base.flatMap((item) => {
    const change = over.find((other) => other["name"] === item["name"]);
    if (change === undefined) return [item];
    return change["remove"] === true ? [] : [mergeTables(item, change)];
  });
  const added = over.filter((item) => !base.some((other) => other["name"] === item["name"]));
  return [...changed, ...added];
}

function isNamedList(value: unknown): value is readonly Table[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => isTable(item) && "name" in item);
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function isRemoval(value: unknown): boolean {
  return isTable(value) && value["remove"] === true && Object.keys(value).length === 1;
}
