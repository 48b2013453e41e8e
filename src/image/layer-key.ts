import { createHash } from "node:crypto";
import type { Compressor } from "./compression.ts";
import type { Layer } from "./layers.ts";
import type { Entry } from "./manifest.ts";
import type { ReadContent } from "./pack.ts";

/**
 * Names the compressed form of a layer by all that decides about its bytes, as a SHA-256 in hexadecimal. Content counts
 * by its bytes, not by the date of its file, which package managers and clones set as they like.
 */
export function layerKey(layer: Layer, compressor: Compressor, read: ReadContent): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([format, layer.name, compressor.name, compressor.identity]));
  for (const entry of layer.entries) {
    // JSON keeps the fields apart, the length in it the content from the next entry.
    const bytes = entry.type === "file" ? read(entry.content) : new Uint8Array(0);
    hash.update(JSON.stringify([...metadata(entry), bytes.length]));
    hash.update(bytes);
  }
  return hash.digest("hex");
}

/** Counted up whenever `pack` gives other bytes for the same entries. */
const format = 1;

function metadata(entry: Entry): readonly (string | number)[] {
  const common = [entry.type, entry.path, entry.uid, entry.gid];
  switch (entry.type) {
    case "symlink":
      return [...common, entry.target];
    case "character":
      return [...common, entry.mode, entry.device.major, entry.device.minor];
    case "file":
    case "directory":
      return [...common, entry.mode];
  }
}
