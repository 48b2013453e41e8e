import { describe, expect, test, vi } from "vitest";
import { bytesOf } from "../testing/arbitrary-manifest.ts";
import type { Compressor } from "./compression.ts";
import { digestOf, layerKey } from "./layer-key.ts";
import { layersOf } from "./layers.ts";
import type { Entry, LayerName } from "./manifest.ts";
import { assemble, imageMode } from "./write.ts";
import type { LayerCache, LayerReport } from "./write.ts";

/** Turns every byte round, so that one sees what went through it. */
const mirror: Compressor = {
  name: "zstd",
  identity: "mirror 1",
  version: () => Promise.resolve("mirror"),
  async *compress(pieces) {
    for await (const piece of pieces) yield piece.map((byte) => byte ^ 0xff);
  },
};

const large = 100_000;

describe("assemble", () => {
  test("compresses large layers, and leaves the early one and small ones as they are", async () => {
    const entries = [file("/a", "early", large), file("/b", "kernel", large), file("/c", "userland", 5)];
    const { bytes, reports } = await assembled(entries);
    expect(reports.map(({ layer, compression }) => `${layer} ${compression}`)).toEqual([
      "early none",
      "kernel zstd",
      "userland none",
    ]);
    const [early, kernel] = reports;
    expect(bytes.subarray(0, 6).toString()).toBe("070701");
    expect(bytes.subarray(early!.packed, early!.packed + 6).map((byte) => byte ^ 0xff)).toEqual(Buffer.from("070701"));
    expect(
      bytes
        .subarray(early!.packed + kernel!.packed)
        .subarray(0, 6)
        .toString(),
    ).toBe("070701");
  });

  test("says what went in, layer by layer, and the sum is the image", async () => {
    const { bytes, reports } = await assembled([file("/b", "kernel", large), file("/c", "userland", 5)]);
    expect(reports).toMatchObject([
      { layer: "kernel", files: 1, fromCache: false },
      { layer: "userland", files: 1, fromCache: false },
    ]);
    expect(reports.reduce((sum, { packed }) => sum + packed, 0)).toBe(bytes.length);
    expect(reports[0]!.unpacked).toBeGreaterThan(large);
  });

  test("begins every layer at a multiple of 4", async () => {
    const odd: Compressor = {
      ...mirror,
      async *compress(pieces) {
        for await (const piece of pieces) expect(piece.length).toBeGreaterThan(0);
        yield Buffer.from("odd");
      },
    };
    const { bytes, reports } = await assembled([file("/b", "kernel", large), file("/c", "userland", large)], odd);
    expect(reports.map(({ packed }) => packed)).toEqual([4, 4]);
    expect(bytes.toString()).toBe("odd\0odd\0");
  });

  test("ends lz4 with the four zeros that the kernel takes for its end", async () => {
    const { bytes } = await assembled([file("/b", "kernel", large)], { ...mirror, name: "lz4" });
    expect(bytes.subarray(-4)).toEqual(Buffer.alloc(4));
  });

  test("takes a layer from the cache without compressing it, and never asks the cache about secrets", async () => {
    const entries = [file("/b", "kernel", large), file("/s", "secrets", large)];
    const cache = memoryCache();
    const compress = vi.spyOn(mirror, "compress");
    const first = await assembled(entries, mirror, cache);
    expect(cache.kept.size).toBe(1);
    const second = await assembled(entries, mirror, cache);
    expect(compress).toHaveBeenCalledTimes(3);
    expect(second.bytes.equals(first.bytes)).toBe(true);
    expect(second.reports.map(({ fromCache }) => fromCache)).toEqual([true, false]);
    expect(second.reports.map(({ unpacked, packed }) => [unpacked, packed])).toEqual(
      first.reports.map(({ unpacked, packed }) => [unpacked, packed]),
    );
  });
});

describe("layerKey", () => {
  const base = file("/a", "kernel", 3);

  test.each<[string, Entry]>([
    ["content", { ...base, content: { is: "bytes", bytes: Buffer.from("xyz") } }],
    ["mode", { ...base, mode: 0o644 }],
    ["owner", { ...base, uid: 1 }],
    ["path", { ...base, path: "/b" }],
    ["type", { ...base, type: "directory", mode: 0o644 }],
  ])("changes with the %s of an entry", (_, changed) => {
    expect(keyOf(changed)).not.toBe(keyOf(base));
  });

  test("changes with the compressor, and with nothing that is not in the archive", () => {
    expect(keyOf(base, { ...mirror, identity: "mirror 2" })).not.toBe(keyOf(base));
    expect(keyOf({ ...base, why: [[{ what: "else" }]] })).toBe(keyOf(base));
  });

  function keyOf(entry: Entry, compressor = mirror): string {
    return layerKey({ name: "kernel", entries: [entry] }, compressor, digestOf(bytesOf));
  }
});

test("an image with secrets is for its owner alone", () => {
  expect(imageMode(layersOf({ entries: [file("/a", "kernel", 1)] }))).toBe(0o644);
  expect(imageMode(layersOf({ entries: [file("/a", "kernel", 1), file("/s", "secrets", 1)] }))).toBe(0o600);
});

async function assembled(entries: readonly Entry[], compressor = mirror, cache?: LayerCache) {
  const reports: LayerReport[] = [];
  const pieces: Uint8Array[] = [];
  const assembly = { read: bytesOf, compressor, finished: (report: LayerReport) => void reports.push(report) };
  for await (const piece of assemble(layersOf({ entries }), cache === undefined ? assembly : { ...assembly, cache })) {
    pieces.push(piece);
  }
  return { bytes: Buffer.concat(pieces), reports };
}

function memoryCache(): LayerCache & { readonly kept: Map<string, { unpacked: number; bytes: Uint8Array }> } {
  const kept = new Map<string, { unpacked: number; bytes: Uint8Array }>();
  return {
    kept,
    async find(key) {
      const found = kept.get(key);
      return found === undefined ? undefined : { unpacked: found.unpacked, pieces: once(found.bytes) };
    },
    async *keep(key, pieces, unpacked) {
      const all: Uint8Array[] = [];
      for await (const piece of pieces) {
        all.push(piece);
        yield piece;
      }
      kept.set(key, { unpacked: unpacked(), bytes: Buffer.concat(all) });
    },
  };
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}

function file(path: string, layer: LayerName, size: number) {
  const content = { is: "bytes", bytes: Buffer.alloc(size, path) } as const;
  return { type: "file", path, layer, mode: 0o600, uid: 0, gid: 0, why: [] as const, content } satisfies Entry;
}
