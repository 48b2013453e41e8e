import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Declared } from "./merge.ts";
import { formatKey, formatPath, type Path } from "./path.ts";
import { keysOf, metadataOf, schemasAt, tablesWithKey, type Schema } from "./schema-walk.ts";
import { suggest } from "./suggest.ts";
import { listInWords } from "./words.ts";

/** A key that its table does not have, with the one that was probably meant. */
export function unknownKey(key: string, path: Path, schema: Schema, declared: Declared): Diagnostic {
  const where = path.length === 0 ? "" : ` in \`${formatPath(path)}\``;
  const at = [declared.keyOriginOf([...path, key])];
  if (key === "remove") {
    return {
      code: "U016",
      severity: "error",
      message: `\`remove\`${where} must be \`true\` and stand alone`,
      hint: "NAME = { remove = true } takes away what earlier files say of NAME",
      at,
    };
  }
  const message = `unknown ${path.length === 0 ? "table" : "key"} \`${formatKey(key)}\`${where}`;
  return { code: "U011", severity: "error", message, hint: hintFor(key, path, schema), at };
}

function hintFor(key: string, path: Path, schema: Schema): string {
  const keys = keysOf(schemasAt(schema, path));
  if (keys.has(key)) return `\`${formatKey(key)}\` does not go with the other keys here`;
  const instead = [...keys].find(([, child]) => metadataOf(child).instead?.includes(key) === true)?.[0];
  const near = instead ?? suggest(key, keys.keys());
  if (near !== undefined) return `did you mean \`${formatKey(near)}\`?`;
  const elsewhere = tablesWithKey(schema, key).map((table) => (table === "" ? "the top level" : `[${table}]`));
  if (elsewhere.length > 0) return `\`${formatKey(key)}\` is a key of ${listInWords(elsewhere.slice(0, 4), "and")}`;
  const known = [...keys.keys()].map((name) => `\`${formatKey(name)}\``);
  if (known.length === 1) return `the only key here is ${known.join("")}`;
  return known.length === 0 ? "this table is always empty" : `the keys here are ${listInWords(known, "and")}`;
}
