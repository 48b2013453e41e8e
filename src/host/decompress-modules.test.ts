import { execFileSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { decompressModules, xzSize, zstdSize } from "./decompress-modules.ts";

/** Like modules: ELF magic first, of very different lengths. */
const originals = [5, 300, 70_000, 1_000_000].map((length, index) => {
  const bytes = Buffer.alloc(length, `module ${index} `);
  bytes.write("\x7fELF", "latin1");
  return bytes;
});

const pack = {
  xz: (bytes: Uint8Array, ...options: string[]) => filter("xz", ["-0", ...options], bytes),
  zstd: (bytes: Uint8Array, ...options: string[]) => filter("zstd", ["-q", "-1", ...options], bytes),
  gzip: (bytes: Uint8Array) => gzipSync(bytes),
};

function filter(program: string, args: readonly string[], input: Uint8Array): Uint8Array {
  return execFileSync(program, [...args, "-c"], { input, stdio: ["pipe", "pipe", "ignore"] });
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each(["xz", "zstd", "gzip"] as const)("decompressModules of %s", (kind) => {
  it("gives each file back, in order", async () => {
    const result = await decompressModules(
      kind,
      originals.map((bytes) => pack[kind](bytes)),
    );
    if (result.is !== "unpacked") throw new Error(result.is);
    // To compare as objects takes a second for a megabyte.
    expect(result.files.map((bytes, index) => originals[index]?.equals(bytes))).toEqual([true, true, true, true]);
  });

  it("says which file is damaged", async () => {
    const files = originals.map((bytes) => pack[kind](bytes));
    files[2] = (files[2] ?? new Uint8Array()).subarray(0, -6);
    expect(await decompressModules(kind, files)).toMatchObject({ is: "damaged", index: 2 });
  });

  it("unpacks nothing when there is nothing", async () => {
    expect(await decompressModules(kind, [])).toEqual({ is: "unpacked", files: [] });
  });
});

describe("decompressModules", () => {
  it("says which program is missing, and what installs it", async () => {
    vi.stubEnv("PATH", "/nonexistent");
    expect(await decompressModules("xz", [])).toEqual({ is: "no-program", program: "xz", package: "xz-utils" });
  });

  it("does without sizes where a file does not say its own", async () => {
    const streamed = pack.zstd(originals[1] ?? Buffer.alloc(0));
    expect(zstdSize(streamed)).toBeUndefined();
    const result = await decompressModules("zstd", [streamed, pack.zstd(originals[2] ?? Buffer.alloc(0))]);
    expect(result.is === "unpacked" && result.files.map(({ length }) => length)).toEqual([300, 70_000]);
  });

  it("unpacks a file of several streams", async () => {
    const [first, second] = [originals[1], originals[2]].map((bytes) => pack.xz(bytes ?? Buffer.alloc(0)));
    const double = Buffer.concat([first ?? Buffer.alloc(0), second ?? Buffer.alloc(0)]);
    const result = await decompressModules("xz", [double, first ?? Buffer.alloc(0)]);
    expect(result.is === "unpacked" && result.files.map(({ length }) => length)).toEqual([70_300, 300]);
  });

  it("is not led astray by the environment", async () => {
    const packed = pack.xz(originals[3] ?? Buffer.alloc(0));
    vi.stubEnv("XZ_OPT", "--memlimit=1");
    expect((await decompressModules("xz", [packed])).is).toBe("unpacked");
  });
});

describe("the sizes that files state", () => {
  it("are those of xz files of one block or several", () => {
    const bytes = Buffer.alloc(1_000_000, "x");
    expect(xzSize(pack.xz(bytes))).toBe(1_000_000);
    expect(xzSize(pack.xz(bytes, "--block-size=100000"))).toBe(1_000_000);
  });

  it.each([0, 100, 300, 70_000])("are those of zstd files: %i bytes", (length) => {
    const framed = filter("zstd", ["-q", `--stream-size=${length}`], Buffer.alloc(length, "x"));
    expect([length, undefined]).toContain(zstdSize(framed));
    if (length > 0) expect(zstdSize(framed)).toBe(length);
  });

  it("are unknown, not wrong or an error, for any other bytes", () => {
    const magic = fc.constantFrom([0x28, 0xb5, 0x2f, 0xfd], [0xfd, 0x37, 0x7a, 0x58]);
    fc.assert(
      fc.property(magic, fc.uint8Array({ maxLength: 64 }), fc.boolean(), (head, tail, footer) => {
        const bytes = Uint8Array.from([...head, ...tail, ...(footer ? [1, 0, 0, 0, 0, 0, 0x59, 0x5a] : [])]);
        for (const size of [xzSize(bytes), zstdSize(bytes)]) {
          expect(size === undefined || (size >= 0 && !Number.isNaN(size))).toBe(true);
        }
      }),
    );
  });
});
