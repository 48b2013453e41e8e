/** What an image can be compressed with. */
export const compressions = ["zstd", "gzip", "xz", "lz4", "none"] as const;
export type Compression = (typeof compressions)[number];

/** What is found in images of other tools as well (lib/decompress.c of the kernel, and the frame format of lz4). */
export type FoundCompression = Compression | "lz4-frame" | "bzip2" | "lzma";

/** Makes the compressed form of one layer; how is the business of `host`. */
export interface Compressor {
  readonly name: Compression;
  /** Changes with everything besides the input that decides about the output: the program and its options. */
  readonly identity: string;
  /** The program and its version, for people. */
  version(): Promise<string>;
  /** Throws when it fails; what it has given until then is worthless. */
  compress(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
}
