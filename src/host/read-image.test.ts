import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findings } from "../diagnostics/diagnostic.ts";
import { compressions } from "../image/compression.ts";
import { readCpio } from "../image/cpio-reader.ts";
import { layersOf } from "../image/layers.ts";
import type { Entry } from "../image/manifest.ts";
import { pack } from "../image/pack.ts";
import { assemble } from "../image/write.ts";
import { arbitraryManifest, bytesOf } from "../testing/arbitrary-manifest.ts";
import { compressorFor } from "./compression.ts";
import { parseImage, readImage } from "./read-image.ts";
import type { Image } from "./read-image.ts";

const big = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * index) >> 7));
const pieces: Readonly<Record<string, (input: Buffer) => Buffer>> = {
  none: (input) => input,
  gzip: (input) => gzipSync(input),
  "gzip with a name": (input) => Buffer.concat([gzipHeader(0x1e), gzipSync(input).subarray(10)]),
  zstd: program("zstd", "-q"),
  "zstd without checksum": program("zstd", "-q", "--no-check", "-1"),
  "zstd -19": program("zstd", "-q", "-19"),
  "zstd after a frame to skip": (input) =>
    Buffer.concat([Buffer.from([0x53, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9]), program("zstd", "-q")(input)]),
  xz: program("xz", "--check=crc32"),
  "xz with filters": program("xz", "--check=sha256", "--x86", "--lzma2"),
  "xz in blocks": program("xz", "--block-size=65536", "-T2", "--check=crc64"),
  lz4: (input) => Buffer.concat([program("lz4", "-q", "-l")(input), Buffer.alloc(4)]),
  "lz4 in frames": program("lz4", "-q"),
  "lz4 in frames with checksums": program("lz4", "-q", "-BX", "-B4", "--content-size"),
  bzip2: program("bzip2"),
  "bzip2 in small blocks": program("bzip2", "-1"),
};

describe("readImage", () => {
  let archives: readonly Buffer[];
  let directory: string;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "unitrd-read-"));
    archives = await Promise.all([packed("a", Buffer.from("one")), packed("b", big), packed("c", Buffer.alloc(0))]);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test.each(Object.keys(pieces))("finds the end of %s, whatever follows", async (kind) => {
    for (const archive of archives) {
      const first = pieces[kind]!(archive);
      const image = await whole(padded(first), padded(archives[0]!), padded(gzipSync(archives[2]!)));
      expect(namesIn(image)).toEqual([namesOf(archive), ["a"], ["c"]]);
      // What pads an uncompressed archive, and what ends legacy lz4, are zeros like those between segments.
      const end = kind === "lz4" ? first.length - 4 : first.length;
      if (kind !== "none") expect(image.parts[0]!.length).toBe(end);
    }
  });

  test("reads lzma at the end of a file", async () => {
    const image = await whole(padded(archives[0]!), program("xz", "--format=lzma")(archives[1]!));
    expect(image.parts.map(({ compression }) => compression)).toEqual(["none", "lzma"]);
    expect(image.tree.lstat("/b")?.size).toBe(big.length);
  });

  test("reads any concatenation of archives and compressions", async () => {
    const segment = fc.record({ kind: fc.constantFrom(...Object.keys(pieces)), archive: fc.nat(2), zeros: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(fc.array(segment, { minLength: 1, maxLength: 4 }), async (segments) => {
        const files = segments.map(({ kind, archive, zeros }) =>
          Buffer.concat([padded(pieces[kind]!(archives[archive]!)), Buffer.alloc(4 * zeros)]),
        );
        const image = await whole(...files);
        expect(namesIn(image)).toEqual(segments.map(({ archive }) => namesOf(archives[archive]!)));
      }),
      { numRuns: 10 },
    );
  });

  test("reads several archives in one compressed segment", async () => {
    const image = await whole(gzipSync(Buffer.concat([archives[0]!, Buffer.alloc(512), archives[1]!])));
    expect(image.tree.list("/")).toEqual(["a", "b"]);
    expect(image.parts[0]!.archives).toHaveLength(2);
  });

  test.each(compressions)("reads what we assemble with %s", async (compression) => {
    await fc.assert(
      fc.asyncProperty(arbitraryManifest(), async (manifest) => {
        const found = findings();
        const large = { is: "bytes", bytes: big } as const;
        const entries = manifest.entries.map((entry) => (entry.type === "file" ? { ...entry, content: large } : entry));
        const compressor = compressorFor(compression);
        const bytes = await collect(assemble(layersOf({ entries }), { read: bytesOf, compressor }));
        expect(bytes.length % 4).toBe(0);
        const image = await parseImage("ours", bytes, found.report);
        expect(found.all).toEqual(entries.length === 0 ? [expect.objectContaining({ code: "U430" })] : []);
        for (const entry of entries) expect(image?.tree.lstat(entry.path)?.type).toBe(entry.type);
      }),
      { numRuns: 5 },
    );
  });

  test.each<[string, (whole: Buffer) => Buffer, string]>([
    ["an empty file", () => Buffer.alloc(0), "U430"],
    ["nothing but zeros", () => Buffer.alloc(4096), "U430"],
    ["text", () => Buffer.from("#!/bin/sh\n"), "U430"],
    ["a unified kernel image", () => Buffer.from("MZ\x90\0"), "U430"],
    ["an old cpio", () => Buffer.from("070707000000"), "U430"],
    ["an archive cut in its header", (file) => file.subarray(0, 50), "U431"],
    ["an archive cut in its data", (file) => file.subarray(0, 114), "U431"],
    ["an archive cut behind its data", (file) => file.subarray(0, 118), "U431"],
    [
      "an archive with a bad header",
      (file) => Buffer.concat([file.subarray(0, 20), Buffer.from("zz"), file.subarray(22)]),
      "U433",
    ],
    ["junk behind an archive", (file) => Buffer.concat([file, Buffer.from("junk")]), "U432"],
    ["junk inside compressed data", (file) => gzipSync(Buffer.concat([file, Buffer.from("junk")])), "U432"],
    ["an archive at an odd offset", (file) => Buffer.concat([file, Buffer.alloc(1), file]), "U432"],
    ["gzip cut short", (file) => gzipSync(file).subarray(0, -5), "U433"],
    ["gzip with a wrong checksum", (file) => flipped(gzipSync(file), -6), "U433"],
    ["zstd cut short", (file) => program("zstd", "-q")(file).subarray(0, -5), "U431"],
    ["zstd with a wrong checksum", (file) => flipped(program("zstd", "-q")(file), -1), "U433"],
    ["xz cut short", (file) => program("xz")(file).subarray(0, -5), "U431"],
    ["bzip2 cut short", (file) => program("bzip2")(file).subarray(0, -6), "U431"],
  ])("says what is wrong with %s", async (_, make, code) => {
    const found = findings();
    const path = join(directory, "image");
    writeFileSync(path, make(archives[0]!));
    await readImage(path, found.report);
    expect(found.all.map((finding) => finding.code)).toEqual([code]);
    expect(found.all[0]!.message).toContain(path);
  });

  test.each([
    ["a file that is not there", "missing", "there is no such file"],
    ["a directory", ".", "it is a directory"],
  ])("says that it cannot read %s", async (_, name, because) => {
    const found = findings();
    expect(await readImage(join(directory, name), found.report)).toBeUndefined();
    expect(found.all).toMatchObject([{ code: "U434", message: expect.stringContaining(because) as string }]);
  });

  test("keeps what came before the damage", async () => {
    const found = findings();
    const image = await parseImage("x", Buffer.concat([padded(archives[0]!), Buffer.from("junk")]), found.report);
    expect(image?.tree.list("/")).toEqual(["a"]);
  });

  test.each([
    ["gzip", (input: Buffer) => gzipSync(input)],
    ["zstd", program("zstd", "-q")],
    ["xz", program("xz")],
  ])("does not unpack more than the limit from %s", async (_, compress) => {
    const found = findings();
    const bomb = compress(Buffer.alloc(64 * 1024 * 1024));
    expect(await parseImage("bomb", bomb, found.report, 1024 * 1024)).toBeUndefined();
    expect(found.all.map(({ code }) => code)).toEqual(["U435"]);
  });

  test("never throws, whatever is done to an image", async () => {
    const base = Buffer.concat([padded(archives[0]!), padded(gzipSync(archives[0]!)), padded(archives[2]!)]);
    const change = fc.record({ at: fc.nat(base.length - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 6 }), fc.nat(base.length), async (changes, length) => {
        const bytes = Buffer.from(base);
        for (const { at, byte } of changes) bytes[at] = byte;
        const found = findings();
        await parseImage("fuzz", bytes.subarray(0, length), found.report, 1 << 20);
      }),
      { numRuns: 400 },
    );
  });

  test.each(["zstd", "xz", "lz4", "lz4 in frames", "bzip2"])("never throws, whatever is done to %s", async (kind) => {
    const base = pieces[kind]!(archives[0]!);
    await fc.assert(
      fc.asyncProperty(fc.nat(base.length - 1), fc.nat(255), fc.boolean(), async (at, byte, cut) => {
        const bytes = Buffer.from(base);
        bytes[at] = byte;
        await parseImage("fuzz", cut ? bytes.subarray(0, at) : bytes, findings().report, 1 << 20);
      }),
      { numRuns: 25 },
    );
  });
});

async function whole(...files: readonly Buffer[]): Promise<Image> {
  const found = findings();
  const image = await parseImage("whole", Buffer.concat(files), found.report);
  expect(found.all).toEqual([]);
  return image!;
}

function namesIn(image: Image): readonly (readonly string[])[] {
  return image.parts.map(({ archives }) => archives.flatMap(({ entries }) => entries.map(({ name }) => name)));
}

function namesOf(archive: Buffer): readonly string[] {
  return readCpio(archive, 0).entries.map(({ name }) => name);
}

function packed(name: string, bytes: Buffer): Promise<Buffer> {
  const content = { is: "bytes", bytes } as const;
  const entry: Entry = {
    type: "file",
    path: `/${name}`,
    layer: "userland",
    mode: 0o644,
    uid: 0,
    gid: 0,
    why: [],
    content,
  };
  return collect(pack({ name: "userland", entries: [entry] }, bytesOf));
}

async function collect(all: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const kept: Uint8Array[] = [];
  for await (const piece of all) kept.push(piece);
  return Buffer.concat(kept);
}

function program(name: string, ...options: readonly string[]): (input: Buffer) => Buffer {
  return (input) =>
    execFileSync(name, [...options, "-c"], { input, maxBuffer: 1 << 28, stdio: ["pipe", "pipe", "ignore"] });
}

/** With a file name, a comment, an extra field and a checksum of the header. */
function gzipHeader(flags: number): Buffer {
  return Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3]),
    Buffer.from([3, 0, 1, 2, 3]),
    Buffer.from("name\0comment\0"),
    Buffer.from([0, 0]),
  ]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  const index = copy.length + at;
  copy[index] = copy[index]! ^ 1;
  return copy;
}
