import { createHash } from "node:crypto";
import type { Compressor } from "./compression.ts";
import type { Layer } from "./layers.ts";
import type { Content, Entry } from "./manifest.ts";
import type { ReadContent } from "./pack.ts";

/** The SHA-256 of a content, in hexadecimal. */
export type DigestContent = (content: Content) => string;

/** The digest of what is read. */
export function digestOf(read: ReadContent): DigestContent {
  return (content) => createHash("sha256").update(read(content)).digest("hex");
}

/**
 * Names the compressed form of a layer by all that decides about its bytes, as a SHA-256 in hexadecimal. Content counts
 * by its bytes, not by the date of its file, which package managers and clones set as they like.
 */
export function layerKey(layer: Layer, compressor: Compressor, digest: DigestContent): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([format, layer.name, compressor.name, compressor.identity]));
  for (const entry of layer.entries) {
    hash.update(JSON.stringify([...metadata(entry), entry.type === "file" ? digest(entry.content) : ""]));
  }
  return hash.digest("hex");
}

/** Counted up whenever `pack` gives other bytes for the same entries. */
const format = 2;

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
