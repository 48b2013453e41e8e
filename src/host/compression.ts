import { createGzip } from "node:zlib";
import { Readable } from "node:stream";
import type { Compression, Compressor } from "../image/compression.ts";
import { findProgram, programVersion, runFilter } from "./filter.ts";

/**
 * The compressor for an image. Starts no process before there is something to compress.
 *
 * Throws a `Failure` when the program is missing (U420); so do its streams when the program fails (U421).
 *
 * @param level as the program counts it; the default packs a layer in a fraction of a second.
 */
export function compressorFor(name: Compression, level: number = defaultLevels[name]): Compressor {
  switch (name) {
    case "none":
      return { name, identity: "none", version: () => Promise.resolve("none"), compress: (pieces) => pieces };
    case "gzip": {
      const library = `zlib ${process.versions.zlib}`;
      return {
        name,
        identity: `${library} -${level}`,
        version: () => Promise.resolve(library),
        compress: (pieces) => gzip(pieces, level),
      };
    }
    case "zstd":
    case "xz":
    case "lz4": {
      const options = [...commandLines[name], `-${level}`];
      return {
        name,
        identity: `${findProgram(name).fingerprint} ${options.join(" ")}`,
        version: () => programVersion(name),
        compress: (pieces) => runFilter({ program: name, options, purpose: "compress" }, pieces),
      };
    }
  }
}

const defaultLevels = { zstd: 3, gzip: 6, xz: 6, lz4: 1, none: 0 } as const satisfies Record<Compression, number>;

/**
 * One thread, because the number of threads may change the bytes. The kernel's xz knows only CRC32
 * (lib/decompress_unxz.c, Documentation/staging/xz.rst), its lz4 only the legacy format (lib/decompress_unlz4.c).
 */
const commandLines = {
  zstd: ["--quiet", "--stdout", "-T1", "--ultra"],
  xz: ["--quiet", "--stdout", "--check=crc32", "--threads=1", "--no-adjust"],
  lz4: ["--quiet", "--stdout", "-l"],
} as const;

/** node:zlib writes no name, and 0 for the time. */
async function* gzip(pieces: AsyncIterable<Uint8Array>, level: number): AsyncGenerator<Uint8Array, void, undefined> {
  const compressor = createGzip({ level });
  const source = Readable.from(pieces, { objectMode: false });
  source.once("error", (error) => compressor.destroy(error));
  source.pipe(compressor);
  try {
    for await (const piece of compressor) yield bytesOf(piece);
  } finally {
    source.destroy();
  }
}

function bytesOf(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece;
  throw new TypeError("a stream of bytes gave something else");
}
