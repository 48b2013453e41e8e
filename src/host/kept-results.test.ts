import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Compressor } from "../image/compression.ts";
import { keptDecompression, keptVersion } from "./kept-results.ts";

let cache: string;
beforeEach(() => (cache = mkdtempSync(join(tmpdir(), "unitrd-kept-"))));
afterEach(() => rmSync(cache, { recursive: true }));

describe("modules that were unpacked before", () => {
  const contents = ["one", "", "another\nmodule"].map((text) => Buffer.from(text));
  const packed = contents.map((bytes) => gzipSync(bytes));

  it("come from the cache as they were", async () => {
    for (const time of ["first", "second"]) {
      const result = await keptDecompression(cache)("gzip", packed);
      expect(result.is === "unpacked" && result.files.map((file) => Buffer.from(file)), time).toEqual(contents);
    }
    expect(readdirSync(join(cache, "modules"))).toHaveLength(1);
  });

  it("are unpacked again when what was kept is damaged", async () => {
    await keptDecompression(cache)("gzip", packed);
    const [name = ""] = readdirSync(join(cache, "modules"));
    const path = join(cache, "modules", name);
    const bytes = readFileSync(path);
    bytes[bytes.length - 200] = 0x21;
    bytes[2] = 0x39;
    writeFileSync(path, bytes);
    const result = await keptDecompression(cache)("gzip", packed);
    expect(result.is === "unpacked" && result.files.map((file) => Buffer.from(file))).toEqual(contents);
  });

  it("are not kept when one of them is damaged, and the next build says so again", async () => {
    for (let time = 0; time < 2; time += 1) {
      expect(await keptDecompression(cache)("gzip", [Buffer.from("no gzip")])).toMatchObject({
        is: "damaged",
        index: 0,
      });
    }
  });

  it("are told apart by where one file ends and the next begins", async () => {
    const [a, b] = [gzipSync("a"), gzipSync("b")];
    await keptDecompression(cache)("gzip", [Buffer.concat([a, b])]);
    const result = await keptDecompression(cache)("gzip", [a, b]);
    expect(result.is === "unpacked" && result.files.map((file) => Buffer.from(file).toString())).toEqual(["a", "b"]);
  });
});

it("asks a compressor for its version once, and again when it is another", async () => {
  let asked = 0;
  const compressor = (identity: string): Compressor => ({
    name: "zstd",
    identity,
    version: () => Promise.resolve(`zstd ${++asked}`),
    compress: (pieces) => pieces,
  });
  expect(await keptVersion(cache, compressor("a"))).toBe("zstd 1");
  expect(await keptVersion(cache, compressor("a"))).toBe("zstd 1");
  expect(await keptVersion(cache, compressor("b"))).toBe("zstd 2");
  expect(await keptVersion(undefined, compressor("a"))).toBe("zstd 3");
});
