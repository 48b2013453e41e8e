import { availableParallelism } from "node:os";
import { gunzipSync } from "node:zlib";
import type { Decompress, UnpackedFiles } from "../sysroot/module-bytes.ts";
import { programPath } from "./processes.ts";

/**
 * Unpacks module files, as many at once as there are processors. xz and zstd read concatenated files from one stream,
 * so that each processor runs one process; how long each file is unpacked stands in its own index or header.
 */
export const decompressModules: Decompress = async (kind, files) => {
  if (kind === "gzip") return gunzipAll(files);
  const tool = tools[kind];
  const program = programPath(tool.program);
  if (program === undefined) return { is: "no-program", program: tool.program, package: tool.package };

  const groups = inGroups(files, availableParallelism());
  const results = await Promise.all(groups.map((group) => unpackGroup(program, tool, group)));
  const unpacked: Uint8Array[] = [];
  for (const result of results) {
    if (result.is !== "unpacked") return result;
    result.files.forEach((bytes, position) => (unpacked[result.indexes[position] ?? -1] = bytes));
  }
  return { is: "unpacked", files: unpacked };
};

interface Tool {
  readonly program: string;
  readonly package: string;
  readonly options: readonly string[];
  /** Bytes when unpacked, or undefined when the file does not say. */
  sizeOf(file: Uint8Array): number | undefined;
}

const tools: Record<"xz" | "zstd", Tool> = {
  xz: {
    program: "xz",
    package: "xz-utils",
    options: ["--quiet", "--decompress", "--stdout", "--format=xz"],
    sizeOf: xzSize,
  },
  zstd: {
    program: "zstd",
    package: "zstd",
    options: ["--quiet", "--decompress", "--stdout", "--memory=2048MB"],
    sizeOf: zstdSize,
  },
};

interface Numbered {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** Groups of about the same size; a process for a few kilobytes costs more than it saves. */
function inGroups(files: readonly Uint8Array[], most: number): readonly (readonly Numbered[])[] {
  const total = files.reduce((sum, file) => sum + file.length, 0);
  const count = Math.max(1, Math.min(most, Math.floor(total / worthAProcess)));
  const groups = Array.from({ length: count }, () => ({ size: 0, files: [] as Numbered[] }));
  const largestFirst = files.map((bytes, index) => ({ index, bytes })).sort((a, b) => b.bytes.length - a.bytes.length);
  for (const file of largestFirst) {
    const group = groups.reduce((least, one) => (one.size < least.size ? one : least));
    group.size += file.bytes.length;
    group.files.push(file);
  }
  return groups.map((group) => group.files);
}

const worthAProcess = 256 * 1024;

type GroupResult =
  | { readonly is: "unpacked"; readonly indexes: readonly number[]; readonly files: readonly Uint8Array[] }
  | Extract<UnpackedFiles, { is: "damaged" }>;

async function unpackGroup(program: string, tool: Tool, group: readonly Numbered[]): Promise<GroupResult> {
  const indexes = group.map(({ index }) => index);
  const together = await run(program, tool.options, Buffer.concat(group.map(({ bytes }) => bytes)));
  const files =
    together.is === "output"
      ? cut(
          together.bytes,
          group.map(({ bytes }) => tool.sizeOf(bytes)),
        )
      : undefined;
  if (files !== undefined) return { is: "unpacked", indexes, files };

  // One is damaged, or does not say how long it is: one at a time tells which.
  const singles: Uint8Array[] = [];
  for (const { index, bytes } of group) {
    const alone = await run(program, tool.options, bytes);
    if (alone.is === "failed") return { is: "damaged", index, what: alone.what };
    singles.push(alone.bytes);
  }
  return { is: "unpacked", indexes, files: singles };
}

/** undefined unless the sizes are all known and add up, and every piece begins as an ELF file does. */
function cut(bytes: Uint8Array, sizes: readonly (number | undefined)[]): readonly Uint8Array[] | undefined {
  const pieces: Uint8Array[] = [];
  let offset = 0;
  for (const size of sizes) {
    if (size === undefined || offset + size > bytes.length) return undefined;
    const piece = bytes.subarray(offset, offset + size);
    if (!elfMagic.every((byte, index) => piece[index] === byte)) return undefined;
    pieces.push(piece);
    offset += size;
  }
  return offset === bytes.length ? pieces : undefined;
}

const elfMagic = [0x7f, 0x45, 0x4c, 0x46];

type Run = { readonly is: "output"; readonly bytes: Uint8Array } | { readonly is: "failed"; readonly what: string };

async function run(program: string, options: readonly string[], input: Uint8Array): Promise<Run> {
  const { execa } = await import("execa");
  // Nothing of the environment reaches it, where XZ_OPT would change what it does.
  const result = await execa(program, options, {
    extendEnv: false,
    env: { LC_ALL: "C" },
    input,
    encoding: "buffer",
    maxBuffer: mostUnpacked,
    timeout: mostMilliseconds,
    killSignal: "SIGKILL",
    reject: false,
  });
  if (!result.failed) return { is: "output", bytes: result.stdout };
  if (result.isMaxBuffer) return { is: "failed", what: "it unpacks to more than a gigabyte" };
  const said = Buffer.from(result.stderr).toString("utf8").trim().split("\n")[0] ?? "";
  return { is: "failed", what: said === "" ? `${program} did not end well` : said.replace(/[^\x20-\x7e]/g, "?") };
}

const mostUnpacked = 1024 ** 3;
const mostMilliseconds = 300_000;

function gunzipAll(files: readonly Uint8Array[]): UnpackedFiles {
  const unpacked: Uint8Array[] = [];
  for (const [index, file] of files.entries()) {
    try {
      unpacked.push(gunzipSync(file, { maxOutputLength: mostUnpacked }));
    } catch (error) {
      return { is: "damaged", index, what: error instanceof Error ? error.message : "it is no gzip file" };
    }
  }
  return { is: "unpacked", files: unpacked };
}

/**
 * Of a file of one stream: the footer says where the index is, the index how long each block is unpacked
 * (https://tukaani.org/xz/xz-file-format.txt). Several streams in one file are left to unpacking it alone.
 */
export function xzSize(file: Uint8Array): number | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const end = file.length;
  if (end < 32 || end % 4 !== 0 || view.getUint16(end - 2) !== 0x595a) return undefined;
  const indexSize = (view.getUint32(end - 8, true) + 1) * 4;
  let at = end - 12 - indexSize;
  if (at < 12 || file[at] !== 0) return undefined;
  at += 1;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; shift < 9 && at < end - 12; shift += 1) {
      const byte = file[at] ?? 0;
      at += 1;
      value += (byte & 0x7f) * 2 ** (7 * shift);
      if (byte < 0x80) return value;
    }
    return NaN;
  };
  let size = 0;
  const blocks = number();
  for (let i = 0; i < blocks && !Number.isNaN(size); i += 1) {
    number();
    size += number();
  }
  return Number.isSafeInteger(size) && !Number.isNaN(blocks) ? size : undefined;
}

/** Of a file's first frame; undefined when it was made from a stream of unknown length (RFC 8878, 3.1.1.1). */
export function zstdSize(file: Uint8Array): number | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  if (file.length < 18 || view.getUint32(0, true) !== 0xfd2fb528) return undefined;
  const descriptor = view.getUint8(4);
  const single = (descriptor & 0x20) !== 0;
  const at = 5 + (single ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  switch (descriptor >> 6) {
    case 0:
      return single ? view.getUint8(at) : undefined;
    case 1:
      return view.getUint16(at, true) + 256;
    case 2:
      return view.getUint32(at, true);
    default:
      return Number(view.getBigUint64(at, true));
  }
}
