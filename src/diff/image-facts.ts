import type { FoundCompression } from "../image/compression.ts";
import type { ComparedTree } from "./files.ts";

/** An image that is compared, read back from its bytes. */
export interface ComparedImage {
  /** Bytes, as the boot loader loads them. */
  readonly size: number;
  /** Its segments in order; bytes of the file and after decompression. */
  readonly parts: readonly ComparedPart[];
  readonly tree: ComparedTree;
}

export interface ComparedPart {
  readonly compression: FoundCompression;
  readonly length: number;
  readonly unpacked: number;
}

/** What is said of an image as a whole. */
export interface ImageFacts {
  readonly size: number;
  readonly unpacked: number;
  readonly parts: readonly ComparedPart[];
}

export function imageFacts({ size, parts }: ComparedImage): ImageFacts {
  return {
    size,
    unpacked: parts.reduce((sum, { unpacked }) => sum + unpacked, 0),
    parts: parts.map(({ compression, length, unpacked }) => ({ compression, length, unpacked })),
  };
}
