import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, describe, expect, test, vi } from "vitest";
import { compressions } from "../image/compression.ts";
import { compressorFor } from "./compression.ts";
import { decompress } from "./decompression.ts";
import { Failure } from "./failure.ts";

const input = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => ((index * index) >> 9) + (index >> 14)));

afterEach(() => vi.unstubAllEnvs());

describe("compressorFor", () => {
  test.each(compressions)("%s gives back what went in", async (name) => {
    const packed = await collect(compressorFor(name).compress(stream(input)));
    const { bytes, used } = await decompress(name, packed, 1 << 30);
    expect(Buffer.compare(bytes, input)).toBe(0);
    expect(used).toBe(packed.length);
  });

  test.each(compressions)("%s gives the same bytes whatever the environment, and however they come", async (name) => {
    const first = await collect(compressorFor(name).compress(stream(input)));
    vi.stubEnv("ZSTD_CLEVEL", "19");
    vi.stubEnv("ZSTD_NBTHREADS", "4");
    vi.stubEnv("XZ_OPT", "-0");
    vi.stubEnv("XZ_DEFAULTS", "--check=sha256");
    vi.stubEnv("LC_ALL", "de_DE.UTF-8");
    vi.stubEnv("TZ", "Asia/Tokyo");
    const second = await collect(compressorFor(name).compress(stream(input, 777_777)));
    expect(Buffer.compare(first, second)).toBe(0);
  });

  test("gives what the kernel can read: xz with CRC32, lz4 in the legacy format, gzip without a date", async () => {
    const [xz, lz4, gzip] = await Promise.all(
      (["xz", "lz4", "gzip"] as const).map((name) => collect(compressorFor(name).compress(stream(input)))),
    );
    expect(xz!.subarray(6, 8)).toEqual(Buffer.from([0, 1]));
    expect(lz4!.readUInt32LE(0)).toBe(0x184c2102);
    expect(gzip!.subarray(3, 8)).toEqual(Buffer.alloc(5));
  });

  test.each(["zstd", "xz", "lz4"] as const)("says which package has %s when it is missing", (name) => {
    const empty = mkdtempSync(`${tmpdir()}/unitrd-path-`);
    vi.stubEnv("PATH", empty);
    expect(() => compressorFor(name)).toThrow(Failure);
    expect(catching(() => compressorFor(name))?.diagnostic).toMatchObject({
      code: "U420",
      hint: expect.stringContaining("apt install") as string,
    });
    rmSync(empty, { recursive: true });
  });

  test("passes over what is no program in PATH", async () => {
    const directory = mkdtempSync(`${tmpdir()}/unitrd-path-`);
    writeFileSync(`${directory}/zstd`, "not executable");
    vi.stubEnv("PATH", `relative:${directory}/zstd:${directory}:${process.env.PATH ?? ""}`);
    expect(await compressorFor("zstd").version()).toMatch(/^zstd \d+\.\d+/);
    rmSync(directory, { recursive: true });
  });

  test("names the version that decides about the bytes", async () => {
    expect(await compressorFor("zstd").version()).toMatch(/^zstd \d+\.\d+/);
    expect(compressorFor("zstd").identity).not.toBe(compressorFor("zstd", 9).identity);
  });

  test.each(compressions)("%s throws on what its input throws", async (name) => {
    async function* failing() {
      yield input;
      throw new Error("the medium failed");
    }
    await expect(collect(compressorFor(name).compress(failing()))).rejects.toThrow("the medium failed");
  });

  test("says that a program failed, and what it said", async () => {
    const directory = mkdtempSync(`${tmpdir()}/unitrd-path-`);
    writeFileSync(`${directory}/zstd`, "#!/bin/sh\necho 'zstd: out of order' >&2\nexit 3\n", { mode: 0o755 });
    vi.stubEnv("PATH", directory);
    const packed = collect(compressorFor("zstd").compress(stream(input)));
    await expect(packed).rejects.toMatchObject({
      diagnostic: { code: "U421", message: "zstd failed: zstd: out of order" },
    });
    rmSync(directory, { recursive: true });
  });
});

function catching(action: () => unknown): Failure | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error instanceof Failure ? error : undefined;
  }
}

async function* stream(bytes: Buffer, size = 65_536) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
