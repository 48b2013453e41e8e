import { parentOf } from "./image-path.ts";
import { layerNames } from "./manifest.ts";
import type { Entry, LayerName, Manifest } from "./manifest.ts";
import { pathOrder } from "./path-order.ts";

/** One archive of an image: its entries in byte order, each after the directories it lies in. */
export interface Layer {
  readonly name: LayerName;
  readonly entries: readonly Entry[];
}

/**
 * Cuts a manifest into its layers, in the order of unpacking, leaving out empty ones. Each layer carries the
 * directories of its entries, so that it unpacks alone; a directory may therefore stand in several, always alike.
 *
 * Throws when the manifest breaks its contract: unsorted, a path twice, an entry without its directory or below
 * something that is none. (A later archive would write through what an earlier one made.)
 */
export function layersOf(manifest: Manifest): readonly Layer[] {
  const byPath = checked(manifest);
  return layerNames.flatMap((name) => {
    const own = manifest.entries.filter((entry) => entry.layer === name);
    return own.length === 0 ? [] : [{ name, entries: withDirectories(own, byPath) }];
  });
}

function checked(manifest: Manifest): ReadonlyMap<string, Entry> {
  const byPath = new Map<string, Entry>();
  let previous = "";
  for (const entry of manifest.entries) {
    if (pathOrder(previous, entry.path) >= 0) throw new Error(`manifest: ${entry.path} after ${previous}`);
    previous = entry.path;
    const parent = parentOf(entry.path);
    if (parent !== "/" && byPath.get(parent)?.type !== "directory") {
      throw new Error(`manifest: ${entry.path} has no directory to lie in`);
    }
    byPath.set(entry.path, entry);
  }
  return byPath;
}

function withDirectories(own: readonly Entry[], byPath: ReadonlyMap<string, Entry>): readonly Entry[] {
  const all = new Map(own.map((entry) => [entry.path, entry]));
  for (const entry of own) {
    for (let path = parentOf(entry.path); path !== "/" && !all.has(path); path = parentOf(path)) {
      const directory = byPath.get(path);
      if (directory !== undefined) all.set(path, directory);
    }
  }
  return [...all.values()].sort((a, b) => pathOrder(a.path, b.path));
}
