import type { FoundCompression } from "./compression.ts";
import { compressedEnd, compressionAt } from "./compressed-end.ts";
import { isCpio, readCpio } from "./cpio-reader.ts";
import type { CpioArchive } from "./cpio-reader.ts";

/** What an image is made of, one after the other, with zeros between (buffer-format.rst). Offsets count bytes of the file. */
export type Segment =
  | { readonly is: "archive"; readonly offset: number; readonly end: number; readonly archive: CpioArchive }
  | {
      readonly is: "compressed";
      readonly compression: FoundCompression;
      readonly offset: number;
      /** `undefined` when only decompressing tells where it ends. */
      readonly end: number | undefined;
    }
  | { readonly is: "fault"; readonly offset: number; readonly fault: SegmentFault };

export type SegmentFault =
  | { readonly is: "unknown" }
  | { readonly is: "cut"; readonly what: string }
  | { readonly is: "damaged"; readonly what: string }
  /** A format that the kernel does not unpack. */
  | { readonly is: "foreign"; readonly what: string; readonly hint: string };

/** The first segment at or after `offset`, zeros skipped; `undefined` when there is none. */
export function nextSegment(bytes: Uint8Array, offset: number): Segment | undefined {
  const start = skipZeros(bytes, offset);
  if (start >= bytes.length) return undefined;
  if (isCpio(bytes, start)) return archiveAt(bytes, start);
  const compression = compressionAt(bytes, start);
  if (compression === undefined) return { is: "fault", offset: start, fault: foreignAt(bytes, start) };

  const end = compressedEnd(bytes, start, compression);
  switch (end.is) {
    case "at":
      return { is: "compressed", compression, offset: start, end: end.offset };
    case "unknown":
      return { is: "compressed", compression, offset: start, end: undefined };
    case "cut":
      return { is: "fault", offset: start, fault: { is: "cut", what: `the ${compression} data` } };
    case "damaged":
      return { is: "fault", offset: start, fault: end };
  }
}

/** The archives in what a compressed segment unpacks to: several may follow each other, but nothing else may be there. */
export function archivesIn(bytes: Uint8Array): {
  readonly archives: readonly CpioArchive[];
  readonly fault: SegmentFault | undefined;
} {
  const archives: CpioArchive[] = [];
  for (let offset = skipZeros(bytes, 0); offset < bytes.length; offset = skipZeros(bytes, offset)) {
    if (!isCpio(bytes, offset)) return { archives, fault: foreignAt(bytes, offset) };
    const archive = readCpio(bytes, offset);
    archives.push(archive);
    const fault = archiveFault(archive);
    if (fault !== undefined) return { archives, fault };
    offset = archive.offset;
  }
  return { archives, fault: undefined };
}

/** What is wrong with the end of an archive, if anything is. */
export function archiveFault(archive: CpioArchive): SegmentFault | undefined {
  switch (archive.ending.is) {
    case "trailer":
    case "no-trailer":
      return undefined;
    case "cut":
      return { is: "cut", what: "a cpio archive" };
    case "damaged":
      return { is: "damaged", what: `a cpio archive has ${archive.ending.what}` };
  }
}

function archiveAt(bytes: Uint8Array, start: number): Segment {
  if (start % 4 !== 0) {
    const what = `a cpio archive at offset ${start}`;
    return {
      is: "fault",
      offset: start,
      fault: { is: "foreign", what, hint: "the kernel finds one only at a multiple of 4" },
    };
  }
  const archive = readCpio(bytes, start);
  return { is: "archive", offset: start, end: archive.offset, archive };
}

function skipZeros(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (bytes[at] === 0) at++;
  return at;
}

function foreignAt(bytes: Uint8Array, offset: number): SegmentFault {
  const magic = Buffer.from(bytes.subarray(offset, offset + 6)).toString("latin1");
  const known = foreign.find(({ begins }) => magic.startsWith(begins));
  return known === undefined ? { is: "unknown" } : { is: "foreign", what: known.what, hint: known.hint };
}

const oldCpio = "the kernel unpacks only the format newc: cpio --format=newc";

const foreign = [
  { begins: "070707", what: "a cpio archive of the format odc", hint: oldCpio },
  { begins: "\xc7\x71", what: "a cpio archive of the old binary format", hint: oldCpio },
  { begins: "\x71\xc7", what: "a cpio archive of the old binary format", hint: oldCpio },
  {
    begins: "MZ",
    what: "a kernel or a unified kernel image",
    hint: "take the initrd out of a unified image: objcopy -O binary -j .initrd IMAGE INITRD",
  },
  { begins: "\x7fELF", what: "an ELF file", hint: "name the initrd itself" },
  { begins: "hsqs", what: "a squashfs image", hint: "name the initrd itself" },
] as const;
