import type { Compression, Compressor } from "./compression.ts";
import { gather } from "./gather.ts";
import { digestOf, layerKey, type DigestContent } from "./layer-key.ts";
import type { Layer } from "./layers.ts";
import type { LayerName } from "./manifest.ts";
import { pack } from "./pack.ts";
import type { ReadContent } from "./pack.ts";

/** Keeps compressed layers between builds; how is the business of `host`. */
export interface LayerCache {
  /** What was kept under this key, if it is whole. */
  find(key: string): Promise<KeptLayer | undefined>;
  /** Passes `pieces` on and keeps them; `unpacked` is asked at their end. A failure to keep them is no failure. */
  keep(key: string, pieces: AsyncIterable<Uint8Array>, unpacked: () => number): AsyncIterable<Uint8Array>;
}

export interface KeptLayer {
  /** Bytes before compression. */
  readonly unpacked: number;
  readonly pieces: AsyncIterable<Uint8Array>;
}

export interface LayerReport {
  readonly layer: LayerName;
  /** Everything but directories. */
  readonly files: number;
  /** Bytes of the archive before compression. */
  readonly unpacked: number;
  /** Bytes of it in the image, padding included. */
  readonly packed: number;
  readonly compression: Compression;
  readonly fromCache: boolean;
}

export interface Assembly {
  readonly read: ReadContent;
  /** For who knows it without reading. */
  readonly digest?: DigestContent;
  readonly compressor: Compressor;
  readonly cache?: LayerCache;
  /** Told of each layer when its last byte has been given. */
  readonly finished?: (report: LayerReport) => void;
}

/**
 * The bytes of an image: its layers, each an archive of its own, zeros between them up to a multiple of 4
 * (buffer-format.rst). Throws what `read` and the compressor throw.
 *
 * The early layer is never compressed, because the kernel looks into it before it can decompress anything
 * (Documentation/arch/x86/microcode.rst). Small layers are not worth a process.
 */
export async function* assemble(
  layers: readonly Layer[],
  assembly: Assembly,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const layer of layers) {
    const plain = layer.name === "early" || assembly.compressor.name === "none" || isSmall(layer);
    const archive = plain ? plainArchive(layer, assembly) : await compressedArchive(layer, assembly);
    let packed = 0;
    for await (const piece of archive.pieces) {
      packed += piece.length;
      yield piece;
    }
    const padding = paddingAfter(packed, archive.compression);
    if (padding > 0) yield new Uint8Array(padding);
    assembly.finished?.({
      layer: layer.name,
      files: layer.entries.filter((entry) => entry.type !== "directory").length,
      unpacked: archive.unpacked(),
      packed: packed + padding,
      compression: archive.compression,
      fromCache: archive.fromCache,
    });
  }
}

/** The mode an image must have: 0600 when it holds secrets. */
export function imageMode(layers: readonly Layer[]): number {
  return layers.some((layer) => layer.name === "secrets") ? 0o600 : 0o644;
}

interface Archive {
  readonly pieces: AsyncIterable<Uint8Array>;
  readonly unpacked: () => number;
  readonly compression: Compression;
  readonly fromCache: boolean;
}

function plainArchive(layer: Layer, assembly: Assembly): Archive {
  const counted = counting(gather(pack(layer, assembly.read)));
  return { pieces: counted.pieces, unpacked: counted.total, compression: "none", fromCache: false };
}

async function compressedArchive(layer: Layer, assembly: Assembly): Promise<Archive> {
  const { compressor } = assembly;
  const cache = layer.name === "secrets" ? undefined : assembly.cache;
  const key = cache === undefined ? "" : layerKey(layer, compressor, assembly.digest ?? digestOf(assembly.read));
  const kept = await cache?.find(key);
  if (kept !== undefined) {
    return { pieces: kept.pieces, unpacked: () => kept.unpacked, compression: compressor.name, fromCache: true };
  }
  const counted = counting(gather(pack(layer, assembly.read)));
  const compressed = compressor.compress(counted.pieces);
  const pieces = cache === undefined ? compressed : cache.keep(key, compressed, counted.total);
  return { pieces, unpacked: counted.total, compression: compressor.name, fromCache: false };
}

function counting(source: AsyncIterable<Uint8Array>): Pick<Archive, "pieces"> & { readonly total: () => number } {
  let total = 0;
  async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of source) {
      total += piece.length;
      yield piece;
    }
  }
  return { pieces: counted(), total: () => total };
}

function isSmall(layer: Layer): boolean {
  const bytes = layer.entries.map((entry) => {
    const header = 110 + entry.path.length;
    if (entry.type !== "file") return header;
    return header + (entry.content.is === "bytes" ? entry.content.bytes.length : entry.content.size);
  });
  return bytes.reduce((sum, size) => sum + size, 0) <= smallLayer;
}

/** Compressing this much would save some 50 KB of an image and cost a process of some 13 ms. */
const smallLayer = 64 * 1024;

/** The legacy lz4 format has no end mark: the kernel takes four zeros for one (lib/decompress_unlz4.c). */
function paddingAfter(length: number, compression: Compression): number {
  return ((4 - (length % 4)) % 4) + (compression === "lz4" ? 4 : 0);
}
