import * as z from "zod";
import { quote, type Path } from "./path.ts";
import type { Metadata } from "./schema.ts";

export type Schema = z.core.$ZodType;

/** Whether a list may be united across files, by its path: what `merge` asks. */
export function setPredicate(schema: Schema): (path: Path) => boolean {
  return (path) => schemasAt(schema, path).some((found) => metadataOf(found).set === true);
}

/** All schemas that a value at a path may have to meet; several below a union, none where nothing is expected. */
export function schemasAt(schema: Schema, path: Path): readonly Schema[] {
  let here: readonly Schema[] = [schema];
  for (const part of path) here = here.flatMap((found) => childrenOf(found, part));
  return here;
}

function childrenOf(schema: Schema, part: string | number): readonly Schema[] {
  return layers(schema).flatMap((layer): readonly Schema[] => {
    if (layer instanceof z.ZodObject) {
      const child = keysOfObject(layer).get(String(part));
      return child === undefined ? [] : [child];
    }
    if (layer instanceof z.ZodRecord) return [layer.def.valueType];
    return layer instanceof z.ZodArray && typeof part === "number" ? [layer.def.element] : [];
  });
}

/** A schema and, outermost first, everything that it wraps: defaults, transforms, the branches of a union. */
export function layers(schema: Schema): readonly Schema[] {
  return [schema, ...wrappedBy(schema).flatMap(layers)];
}

function wrappedBy(schema: Schema): readonly Schema[] {
  if (schema instanceof z.ZodPipe) return [schema.def.in];
  if (schema instanceof z.ZodUnion) return schema.def.options;
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodNonOptional
  ) {
    return [schema.def.innerType];
  }
  return [];
}

/** What a schema and its wrappers say of themselves; the outermost wins. Branches of a union speak for themselves. */
export function metadataOf(schema: Schema): Metadata {
  const own: Metadata = z.globalRegistry.get(schema) ?? {};
  const inner = schema instanceof z.ZodUnion ? [] : wrappedBy(schema);
  return inner.reduce((merged, next) => ({ ...metadataOf(next), ...merged }), own);
}

/** The keys that tables of a schema have at one level; a named table's are any and so none. */
export function keysOf(schemas: readonly Schema[]): ReadonlyMap<string, Schema> {
  const keys = new Map<string, Schema>();
  for (const layer of schemas.flatMap(layers)) {
    if (!(layer instanceof z.ZodObject)) continue;
    for (const [key, child] of keysOfObject(layer)) keys.set(key, child);
  }
  return keys;
}

function keysOfObject(object: z.ZodObject<z.core.$ZodShape>): ReadonlyMap<string, Schema> {
  return new Map(Object.entries(object.def.shape));
}

/** Every table that has a key of this name, as `filesystems.PATH`; the empty string for the top. */
export function tablesWithKey(schema: Schema, key: string): readonly string[] {
  const found = new Set<string>();
  const visit = (here: Schema, path: string): void => {
    for (const layer of layers(here)) {
      if (layer instanceof z.ZodObject) {
        if (keysOfObject(layer).has(key)) found.add(path);
        for (const [name, child] of keysOfObject(layer)) visit(child, path === "" ? name : `${path}.${name}`);
      } else if (layer instanceof z.ZodRecord) visit(layer.def.valueType, `${path}.${keyNameOf(here)}`);
      else if (layer instanceof z.ZodArray) visit(layer.def.element, path);
    }
  };
  visit(schema, "");
  return [...found];
}

/**
 * The word for the key of a named table in documentation, in quotes where the key usually needs them: `"PATH"` in
 * `[filesystems."PATH"]`, but `NAME` in `[luks.NAME]`.
 */
export function keyNameOf(schema: Schema): string {
  const keyName = metadataOf(schema).keyName;
  return keyName === undefined || keyName === "NAME" ? "NAME" : quote(keyName);
}
