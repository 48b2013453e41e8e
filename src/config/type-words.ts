import * as z from "zod";
import { layers, metadataOf, type Schema } from "./schema-walk.ts";
import { quote } from "./path.ts";
import { listInWords } from "./words.ts";

/** The type of a value in words of TOML: `list of device`, `"a" or "b"`, `boolean or string`. */
export function typeInWords(schema: Schema): string {
  const title = metadataOf(schema).title;
  if (title !== undefined) return title;
  const union = layers(schema).find((layer) => layer instanceof z.ZodUnion);
  if (union !== undefined && !hasOwnType(schema)) {
    return listInWords([...new Set(branchesOf(union).map(typeInWords))], "or");
  }
  return (
    layers(schema)
      .map(plainType)
      .find((word) => word !== undefined) ?? "any value"
  );
}

function branchesOf(union: z.ZodUnion<readonly Schema[]>): readonly Schema[] {
  return union.def.options;
}

/** Whether something that has a type of its own wraps the union, as a list does. */
function hasOwnType(schema: Schema): boolean {
  const first = layers(schema).find((layer) => layer instanceof z.ZodUnion || plainType(layer) !== undefined);
  return !(first instanceof z.ZodUnion);
}

function plainType(layer: Schema): string | undefined {
  if (layer instanceof z.ZodEnum) return listInWords(layer.options.map(String).map(quote), "or");
  if (layer instanceof z.ZodLiteral) return listInWords([...layer.values].map(literal), "or");
  if (layer instanceof z.ZodString) return "string";
  if (layer instanceof z.ZodNumber) return layer.format?.includes("int") === true ? "integer" : "number";
  if (layer instanceof z.ZodBoolean) return "boolean";
  if (layer instanceof z.ZodArray) return listOf(layer);
  if (layer instanceof z.ZodRecord) return recordOf(layer);
  if (layer instanceof z.ZodObject) return "table";
  return undefined;
}

function literal(value: unknown): string {
  return typeof value === "string" ? quote(value) : String(value);
}

function listOf(list: z.ZodArray): string {
  return `list of ${typeInWords(list.def.element)}`;
}

function recordOf(record: z.ZodRecord): string {
  const inner = typeInWords(record.def.valueType);
  return inner === "table" ? "table" : `table of ${inner}`;
}
