import * as z from "zod";
import type { Schema } from "./schema-walk.ts";

export type JsonSchema = z.core.JSONSchema.BaseSchema;

export interface JsonSchemaOptions {
  /** `$id`, an absolute URI. */
  readonly id: string;
  readonly title: string;
}

/**
 * JSON Schema (draft 2020-12) of what a person may write, for editors such as taplo. Rules that are code rather than
 * data (the form of a name, of a device) are not in it; `unitrd` itself checks them.
 */
export function jsonSchema(schema: Schema, options: JsonSchemaOptions): JsonSchema {
  const made = z.toJSONSchema(schema, {
    io: "input",
    target: "draft-2020-12",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema: json }) => {
      tidy(json);
      if (zodSchema instanceof z.ZodRecord) allowRemoval(json);
    },
  });
  const { $schema, ...rest } = made;
  return { $schema: $schema ?? draft, $id: options.id, title: options.title, ...rest };
}

const draft = "https://json-schema.org/draft/2020-12/schema";

/** Our own metadata is no part of JSON Schema, except that it has a word for examples. */
function tidy(json: z.core.JSONSchema.BaseSchema): void {
  if (json["example"] !== undefined) json.examples = [json["example"]];
  for (const own of ["example", "set", "instead", "keyName"]) Reflect.deleteProperty(json, own);
}

/** `NAME = { remove = true }` takes away what an earlier file declared. */
function allowRemoval(json: z.core.JSONSchema.BaseSchema): void {
  if (json.additionalProperties === undefined || typeof json.additionalProperties === "boolean") return;
  json.additionalProperties = { anyOf: [json.additionalProperties, removal] };
}

const removal = {
  title: "removal",
  description: "Takes away what an earlier file declares under this name.",
  type: "object",
  properties: { remove: { const: true } },
  required: ["remove"],
  additionalProperties: false,
} satisfies JsonSchema;
