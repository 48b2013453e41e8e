import type { FoundCompression } from "./compression.ts";

/** Where compressed data ends: `unknown` when only decompressing it tells. */
export type CompressedEnd =
  | { readonly is: "at"; readonly offset: number }
  | { readonly is: "unknown" }
  | { readonly is: "cut" }
  | { readonly is: "damaged"; readonly what: string };

/** The compression that the bytes at `offset` announce, by the magic numbers of lib/decompress.c. */
export function compressionAt(bytes: Uint8Array, offset: number): FoundCompression | undefined {
  for (const [name, magic] of magics) {
    if (magic.every((byte, index) => bytes[offset + index] === byte)) return name;
  }
  const first = bytes[offset + 0] ?? 0;
  // A zstd file may begin with frames to be skipped: 184D2A5x, RFC 8878 section 3.1.2.
  if ((first & 0xf0) === 0x50 && skippable.every((byte, index) => bytes[offset + 1 + index] === byte)) return "zstd";
  return undefined;
}

const skippable = [0x2a, 0x4d, 0x18];
const magics: readonly (readonly [FoundCompression, readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["lz4", [0x02, 0x21, 0x4c, 0x18]],
  ["lz4-frame", [0x04, 0x22, 0x4d, 0x18]],
  ["bzip2", [0x42, 0x5a, 0x68]],
  ["lzma", [0x5d, 0x00, 0x00]],
];

/** Finds the end of the compressed data at `start` by walking over its blocks, without decompressing anything. */
export function compressedEnd(bytes: Uint8Array, start: number, compression: FoundCompression): CompressedEnd {
  const cursor = cursorAt(bytes, start);
  try {
    switch (compression) {
      case "zstd":
        skipZstd(cursor);
        break;
      case "lz4":
        skipLegacyLz4(cursor);
        break;
      case "lz4-frame":
        skipLz4Frame(cursor);
        break;
      case "xz":
        skipXz(cursor);
        break;
      case "bzip2":
        skipBzip2(bytes, cursor);
        break;
      case "gzip":
      case "lzma":
      case "none":
        return { is: "unknown" };
    }
  } catch (error) {
    if (error instanceof CutShort) return { is: "cut" };
    if (error instanceof Damaged) return { is: "damaged", what: error.message };
    throw error;
  }
  return { is: "at", offset: cursor.at };
}

class CutShort extends Error {}
class Damaged extends Error {}

/** Reads little-endian numbers, and never past the end. */
interface Cursor {
  at: number;
  readonly left: () => number;
  skip(count: number): void;
  u8(): number;
  u16be(): number;
  u32(): number;
}

function cursorAt(bytes: Uint8Array, start: number): Cursor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cursor: Cursor = {
    at: start,
    left: () => bytes.length - cursor.at,
    skip(count) {
      if (count > cursor.left()) throw new CutShort();
      cursor.at += count;
    },
    u8() {
      cursor.skip(1);
      return view.getUint8(cursor.at - 1);
    },
    u16be() {
      cursor.skip(2);
      return view.getUint16(cursor.at - 2);
    },
    u32() {
      cursor.skip(4);
      return view.getUint32(cursor.at - 4, true);
    },
  };
  return cursor;
}

/** Frames to be skipped, then one frame with data: RFC 8878 section 3.1. */
function skipZstd(cursor: Cursor): void {
  for (let magic = cursor.u32(); magic !== 0xfd2fb528; magic = cursor.u32()) {
    if (magic >>> 4 !== 0x184d2a5) throw new Damaged("a zstd frame has no magic number");
    cursor.skip(cursor.u32());
  }
  const descriptor = cursor.u8();
  const singleSegment = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentSize = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0;
  cursor.skip((singleSegment ? 0 : 1) + dictionary + contentSize);
  for (let last = false; !last;) {
    const header = cursor.u8() | (cursor.u8() << 8) | (cursor.u8() << 16);
    last = (header & 1) !== 0;
    const type = (header >>> 1) & 3;
    if (type === 3) throw new Damaged("a zstd block is of a reserved type");
    cursor.skip(type === 1 ? 1 : header >>> 3);
  }
  if ((descriptor & 4) !== 0) cursor.skip(4);
}

/**
 * The legacy format knows no end: it ends with the file, or, as the kernel has it, with fewer than four bytes or a size
 * of zero (lib/decompress_unlz4.c). A magic number between blocks goes on with the same data.
 */
function skipLegacyLz4(cursor: Cursor): void {
  cursor.skip(4);
  while (cursor.left() >= 4) {
    const size = cursor.u32();
    if (size === 0x184c2102) continue;
    if (size === 0) {
      cursor.at -= 4;
      return;
    }
    // What 8 MiB can grow to: LZ4_COMPRESSBOUND of the block size of this format.
    if (size > 8 * 1024 * 1024 + Math.floor((8 * 1024 * 1024) / 255) + 16) {
      throw new Damaged("an lz4 block is larger than any can be");
    }
    cursor.skip(size);
  }
}

/** lz4_Frame_format.md of the lz4 project. */
function skipLz4Frame(cursor: Cursor): void {
  cursor.skip(4);
  const flags = cursor.u8();
  if (flags >>> 6 !== 1) throw new Damaged("an lz4 frame is of an unknown version");
  const [blockChecksum, contentSize, contentChecksum, dictionary] = [0x10, 8, 4, 1].map((bit) => (flags & bit) !== 0);
  cursor.skip(1 + (contentSize === true ? 8 : 0) + (dictionary === true ? 4 : 0) + 1);
  for (let size = cursor.u32(); size !== 0; size = cursor.u32()) {
    cursor.skip((size & 0x7fffffff) + (blockChecksum === true ? 4 : 0));
  }
  if (contentChecksum === true) cursor.skip(4);
}

/** One stream: header, blocks, index, footer (xz-file-format.txt of XZ Utils). */
function skipXz(cursor: Cursor): void {
  const start = cursor.at;
  cursor.skip(7);
  const check = checkSizes[cursor.u8() & 15] ?? 0;
  cursor.skip(4);
  for (let header = cursor.u8(); header !== 0; header = cursor.u8()) {
    cursor.skip((header + 1) * 4 - 1);
    skipLzma2(cursor);
    align(cursor, start);
    cursor.skip(check);
  }
  const index = cursor.at - 1;
  for (let records = variableInteger(cursor); records > 0; records--) {
    variableInteger(cursor);
    variableInteger(cursor);
  }
  align(cursor, index);
  cursor.skip(4 + 12);
}

const checkSizes = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

/** Every filter chain of xz ends in LZMA2, whose chunks tell their sizes (lzma2_decoder.c; xz-file-format.txt 5.3.1). */
function skipLzma2(cursor: Cursor): void {
  for (let control = cursor.u8(); control !== 0; control = cursor.u8()) {
    if (control >= 0x80) {
      cursor.skip(2);
      const size = cursor.u16be() + 1;
      cursor.skip((control >= 0xc0 ? 1 : 0) + size);
    } else {
      if (control > 2) throw new Damaged("an LZMA2 chunk is of an unknown kind");
      cursor.skip(cursor.u16be() + 1);
    }
  }
}

function align(cursor: Cursor, start: number): void {
  cursor.skip((4 - ((cursor.at - start) % 4)) % 4);
}

function variableInteger(cursor: Cursor): number {
  let value = 0;
  for (let shift = 0; shift < 9; shift++) {
    const byte = cursor.u8();
    value += (byte & 0x7f) * 2 ** (7 * shift);
    if (byte < 0x80) return value;
  }
  throw new Damaged("a number in the index of xz data is too long");
}

/** Blocks of bzip2 tell no size, but 48 bits at any bit mark the end: 177245385090, followed by a checksum of 32. */
function skipBzip2(bytes: Uint8Array, cursor: Cursor): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = Infinity;
  for (let shift = 0; shift < 8; shift++) {
    const at = findShifted(buffer, cursor.at + 4, shift);
    // The mark begins `shift` bits into byte `at`; mark and checksum are 80 bits, padded to whole bytes.
    if (at !== undefined) end = Math.min(end, at + Math.ceil((shift + 80) / 8));
  }
  if (end > bytes.length) throw new CutShort();
  cursor.at = end;
}

function findShifted(buffer: Buffer, from: number, shift: number): number | undefined {
  const mark = 0x177245385090n << BigInt(8 - shift);
  const all = Array.from({ length: 7 }, (_, index) => Number((mark >> BigInt(8 * (6 - index))) & 0xffn));
  const inner = Buffer.from(all.slice(1, 6));
  const [first = 0, last = 0] = [all[0], all[6]];
  for (let at = buffer.indexOf(inner, from + 1); at !== -1; at = buffer.indexOf(inner, at + 1)) {
    const [before = 0, after = 0] = [buffer[at - 1], buffer[at + 5]];
    const beforeFits = (before & (0xff >> shift)) === first;
    const afterFits = (after & (0xff << (8 - shift)) & 0xff) === last;
    if (beforeFits && afterFits) return at - 1;
  }
  return undefined;
}
