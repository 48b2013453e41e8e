import * as z from "zod";
import { formatKey } from "./path.ts";
import { keyNameOf, keysOf, layers, metadataOf, type Schema } from "./schema-walk.ts";
import { formatToml } from "./format-toml.ts";
import { typeInWords } from "./type-words.ts";

/** The reference of the declaration in Markdown, a section for each table, in the order of the schema. */
export function referencePage(schema: Schema): string {
  const sections = [...keysOf([schema])].flatMap(([key, child]) => sectionsOf(child, formatKey(key)));
  return `${[...introduction, ...sections].join("\n\n")}\n`;
}

function sectionsOf(schema: Schema, path: string): readonly string[] {
  const tables = tablesOf(schema, path);
  return (tables.length > 0 ? tables : freeTable(schema, path)).map(section);
}

const introduction = [
  "# The declaration",
  "<!-- Generated from the schema. Change the descriptions there. -->",
  "A declaration is one file of TOML 1.0, or several that are merged in the order in which they are given. Tables merge; lists that are called sets unite; other lists and single values are replaced; `NAME = { remove = true }` takes away what an earlier file says of NAME. An unknown key is an error.",
];

interface TableDoc {
  /** `luks.NAME`. */
  readonly path: string;
  readonly description: string | undefined;
  readonly keys: ReadonlyMap<string, Schema>;
  /** Keys that a person chooses, in a table whose values are no tables. */
  readonly free?: { readonly name: string; readonly value: Schema; readonly example: unknown };
}

/** All tables below a schema, a table before those in it. */
function tablesOf(schema: Schema, path: string, above?: string): readonly TableDoc[] {
  const description = metadataOf(schema).description ?? above;
  const below = layers(schema).flatMap((layer): readonly TableDoc[] => {
    if (layer instanceof z.ZodRecord) return tablesOf(layer.def.valueType, `${path}.${keyNameOf(schema)}`, description);
    if (layer instanceof z.ZodArray) return tablesOf(layer.def.element, `${path}[]`, description);
    return [];
  });
  const keys = keysOf([schema]);
  const inner = [...keys].flatMap(([key, child]) => tablesOf(child, `${path}.${formatKey(key)}`));
  return [...(keys.size === 0 ? [] : [{ path, description, keys }]), ...below, ...inner];
}

/** A table whose keys a person chooses and whose values are no tables, such as `[sysctl]`. */
function freeTable(schema: Schema, path: string): readonly TableDoc[] {
  const record = layers(schema).find((layer) => layer instanceof z.ZodRecord);
  if (record === undefined) return [];
  const { description, example, keyName = "NAME" } = metadataOf(schema);
  const free = { name: keyName, value: record.def.valueType, example };
  return [{ path, description, keys: new Map(), free }];
}

function section(table: TableDoc): string {
  const keys = [...table.keys];
  const header = table.path.endsWith("[]") ? `[[${table.path.slice(0, -2)}]]` : `[${table.path}]`;
  const lines = [`## \`${header}\``, ...(table.description === undefined ? [] : [table.description])];
  const entries = keys.filter(([, child]) => !isOnlyTable(child)).map(([key, child]) => entry(key, child));
  if (table.free !== undefined)
    entries.push(`- \`${table.free.name}\` (${typeInWords(table.free.value)}; any number of them)`);
  const examples = keys.map(([key, child]) => [key, metadataOf(child).example] as const);
  if (isRecord(table.free?.example)) examples.push(...Object.entries(table.free.example));
  return [...lines, ...(entries.length === 0 ? [] : [entries.join("\n")]), ...example(header, examples)].join("\n\n");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a key holds nothing but a table that has a section of its own. */
function isOnlyTable(schema: Schema): boolean {
  return typeInWords(schema) === "table" && tablesOf(schema, "x").length > 0;
}

function entry(key: string, schema: Schema): string {
  const { description, set } = metadataOf(schema);
  const facts = [typeInWords(schema), ...(set === true ? ["a set"] : []), presence(schema)];
  return `- \`${formatKey(key)}\` (${facts.join("; ")})${description === undefined ? "" : `: ${description}`}`;
}

function presence(schema: Schema): string {
  const wrapped = layers(schema);
  const filled = wrapped.find((layer) => layer instanceof z.ZodDefault || layer instanceof z.ZodPrefault);
  if (filled !== undefined) return `default \`${formatToml(filled.def.defaultValue)}\``;
  return wrapped.some((layer) => layer instanceof z.ZodOptional) ? "optional" : "required";
}

/** Everything in a table that has an example, as one would write it. */
function example(header: string, examples: readonly (readonly [string, unknown])[]): readonly string[] {
  const lines = examples.flatMap(([key, value]) => {
    return value === undefined ? [] : [`${formatKey(key)} = ${formatToml(value)}`];
  });
  return lines.length === 0 ? [] : [["```toml", header, ...lines, "```"].join("\n")];
}
