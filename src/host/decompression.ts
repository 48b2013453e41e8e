import { createInflateRaw } from "node:zlib";
import type { FoundCompression } from "../image/compression.ts";
import { crc32 } from "../image/crc32.ts";
import { gzipHeaderLength } from "../image/gzip-member.ts";
import { Failure, messageOf } from "./failure.ts";
import { beyondLimit, runFilter } from "./filter.ts";
import type { Filter } from "./filter.ts";

export interface Decompressed {
  readonly bytes: Uint8Array;
  /** How many bytes of the input this took. */
  readonly used: number;
}

/**
 * Unpacks the compressed data that `input` begins with; what follows gzip data is left alone, for the others `input`
 * ends where the data does.
 *
 * Throws a `Failure`: the program is missing (U420), the data is damaged (U433), or unpacks to more than `limit` bytes (U435).
 */
export async function decompress(
  compression: FoundCompression,
  input: Uint8Array,
  limit: number,
): Promise<Decompressed> {
  switch (compression) {
    case "none":
      return { bytes: input, used: input.length };
    case "gzip":
      return gunzip(input, limit);
    case "zstd":
    case "xz":
    case "lz4":
    case "lz4-frame":
    case "bzip2":
    case "lzma": {
      const pieces = runFilter({ ...filters[compression], purpose: "decompress" }, slices(input), limit);
      return { bytes: await collected(pieces), used: input.length };
    }
  }
}

const filters = {
  zstd: { program: "zstd", options: ["--quiet", "--decompress", "--stdout", "--memory=2048MB"] },
  xz: { program: "xz", options: ["--quiet", "--decompress", "--stdout", "--format=xz", "--single-stream"] },
  lz4: { program: "lz4", options: ["--quiet", "--decompress", "--stdout"] },
  "lz4-frame": { program: "lz4", options: ["--quiet", "--decompress", "--stdout"] },
  bzip2: { program: "bzip2", options: ["--quiet", "--decompress", "--stdout"] },
  lzma: { program: "xz", options: ["--quiet", "--decompress", "--stdout", "--format=lzma"] },
} as const satisfies Record<Exclude<FoundCompression, "none" | "gzip">, Omit<Filter, "purpose">>;

function* slices(input: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let offset = 0; offset < input.length; offset += 1024 * 1024) yield input.subarray(offset, offset + 1024 * 1024);
}

async function collected(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** One member exactly: node:zlib would go on with the next, and stumble over anything else. */
async function gunzip(input: Uint8Array, limit: number): Promise<Decompressed> {
  const header = gzipHeaderLength(input);
  if (header === undefined) throw damaged("the header of the gzip data makes no sense");
  const inflater = createInflateRaw();
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    inflater.end(input.subarray(header));
    for await (const piece of inflater.iterator({ destroyOnReturn: true })) {
      if (!(piece instanceof Uint8Array)) throw new TypeError("node:zlib gave something else than bytes");
      length += piece.length;
      if (length > limit) throw beyondLimit("what the gzip data unpacks to", limit);
      pieces.push(piece);
    }
  } catch (error) {
    throw error instanceof Failure ? error : damaged(`the gzip data is damaged: ${messageOf(error)}`, error);
  }
  const bytes = Buffer.concat(pieces, length);
  const trailer = header + inflater.bytesWritten;
  if (input.length < trailer + 8) throw damaged("the gzip data is cut short");
  const view = new DataView(input.buffer, input.byteOffset + trailer, 8);
  if (view.getUint32(0, true) !== crc32(bytes)) throw damaged("the checksum of the gzip data is wrong");
  if (view.getUint32(4, true) !== length % 2 ** 32) throw damaged("the gzip data has another length than it says");
  return { bytes, used: trailer + 8 };
}

function damaged(message: string, cause?: unknown): Failure {
  const hint = "the file was cut short or changed after it was written; build it again";
  return new Failure({ code: "U433", severity: "error", message, hint, at: [] }, cause);
}
