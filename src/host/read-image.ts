import { readFile, stat } from "node:fs/promises";
import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import type { FoundCompression } from "../image/compression.ts";
import type { CpioArchive } from "../image/cpio-reader.ts";
import { imageTree } from "../image/image-tree.ts";
import type { ImageTree } from "../image/image-tree.ts";
import { archiveFault, archivesIn, nextSegment } from "../image/segments.ts";
import type { Segment, SegmentFault } from "../image/segments.ts";
import { decompress } from "./decompression.ts";
import { errorCode, Failure, messageOf } from "./failure.ts";

/** One segment of an image file, unpacked. */
export interface ImagePart {
  readonly compression: FoundCompression;
  /** Bytes of the file: where the segment begins, and how many it takes without the zeros behind it. */
  readonly offset: number;
  readonly length: number;
  /** Bytes after decompression. */
  readonly unpacked: number;
  readonly archives: readonly CpioArchive[];
}

export interface Image {
  /** Bytes of the file. */
  readonly size: number;
  readonly parts: readonly ImagePart[];
  readonly tree: ImageTree;
}

/**
 * Reads any initrd: ours or another tool's, of whatever archives and compressions (see `segments`). What is wrong is
 * reported (U420, U430 to U436) and ends the reading as it would end the kernel's; the result is what came before.
 * `undefined` when nothing could be read.
 *
 * @param limit bytes that all segments together may unpack to.
 */
export async function readImage(path: string, report: Report, limit = 4 * 1024 ** 3): Promise<Image | undefined> {
  const bytes = await fileBytes(path, report);
  return bytes === undefined ? undefined : await parseImage(path, bytes, report, limit);
}

/** The same for an image in memory; `name` is for messages. */
export async function parseImage(
  name: string,
  bytes: Uint8Array,
  report: Report,
  limit = 4 * 1024 ** 3,
): Promise<Image | undefined> {
  const parts: ImagePart[] = [];
  let left = limit;
  for (let segment = nextSegment(bytes, 0); segment !== undefined;) {
    const read = await readSegment(bytes, segment, left);
    if (read.part !== undefined) {
      parts.push(read.part);
      left -= read.part.unpacked;
    }
    if (read.finding !== undefined) {
      report({ ...read.finding, message: `${name}: ${read.finding.message}` });
      break;
    }
    segment = read.part === undefined ? undefined : nextSegment(bytes, read.part.offset + read.part.length);
  }
  if (parts.length === 0) {
    if (nextSegment(bytes, 0) === undefined) report(empty(name));
    return undefined;
  }
  const tree = imageTree(
    name,
    parts.flatMap((part) => part.archives),
  );
  for (const entry of tree.skipped) report(skipped(name, entry.name, entry.because));
  return { size: bytes.length, parts, tree };
}

interface ReadSegment {
  readonly part?: ImagePart;
  readonly finding?: Diagnostic | undefined;
}

async function readSegment(bytes: Uint8Array, segment: Segment, limit: number): Promise<ReadSegment> {
  switch (segment.is) {
    case "fault":
      return { finding: findingFor(segment.fault, segment.offset) };
    case "archive": {
      const { offset, end, archive } = segment;
      const part = {
        compression: "none",
        offset,
        length: end - offset,
        unpacked: end - offset,
        archives: [archive],
      } as const;
      return { part, finding: findingFor(archiveFault(archive), offset) };
    }
    case "compressed":
      return await readCompressed(bytes, segment, limit);
  }
}

async function readCompressed(
  bytes: Uint8Array,
  segment: Extract<Segment, { is: "compressed" }>,
  limit: number,
): Promise<ReadSegment> {
  const { offset, compression } = segment;
  try {
    const input = bytes.subarray(offset, segment.end ?? bytes.length);
    const { bytes: unpacked, used } = await decompress(compression, input, limit);
    const { archives, fault } = archivesIn(unpacked);
    const inside = `the ${compression} data at offset ${offset}`;
    const part = { compression, offset, length: used, unpacked: unpacked.length, archives };
    return { part, finding: findingFor(fault, offset, inside) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { diagnostic } = error;
    return { finding: { ...diagnostic, message: `${diagnostic.message} (at offset ${offset})` } };
  }
}

function findingFor(fault: SegmentFault | undefined, offset: number, inside?: string): Diagnostic | undefined {
  if (fault === undefined) return undefined;
  const where = inside === undefined ? `at offset ${offset}` : `in ${inside}`;
  const error = (code: Diagnostic["code"], message: string, hint: string): Diagnostic => {
    return { code, severity: "error", message, hint, at: [] };
  };
  const first = offset === 0 && inside === undefined;
  switch (fault.is) {
    case "cut":
      return error("U431", `${fault.what} ${where} is cut short`, "copy or build the image again");
    case "damaged":
      return error("U433", `${fault.what}, ${where}`, "copy or build the image again");
    case "foreign":
      return error(first ? "U430" : "U432", `${fault.what} ${where} is nothing that the kernel unpacks`, fault.hint);
    case "unknown":
      return first
        ? error("U430", "this is no initrd: neither a cpio archive nor compressed data", "name an initrd")
        : error("U432", `something unknown stands ${where}`, "the kernel stops unpacking there, and so did we");
  }
}

function empty(name: string): Diagnostic {
  return { code: "U430", severity: "error", message: `${name}: this is no initrd: there is nothing in it`, at: [] };
}

function skipped(name: string, entry: string, because: string): Diagnostic {
  const message = `${name}: the kernel would skip ${JSON.stringify(entry)}: ${because}`;
  return { code: "U436", severity: "warning", message, at: [] };
}

async function fileBytes(path: string, report: Report): Promise<Uint8Array | undefined> {
  try {
    // A device or a pipe might never end.
    const found = await stat(path);
    if (found.isFile()) return await readFile(path);
    report(unreadable(path, found.isDirectory() ? "it is a directory" : "it is no regular file"));
  } catch (error) {
    report(unreadable(path, refusals[errorCode(error) ?? ""] ?? messageOf(error)));
  }
  return undefined;
}

const refusals: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ERR_FS_FILE_TOO_LARGE: "it is too large for an initrd",
};

function unreadable(path: string, because: string): Diagnostic {
  return { code: "U434", severity: "error", message: `cannot read ${path}: ${because}`, at: [] };
}
