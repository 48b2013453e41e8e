import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { findings } from "../diagnostics/diagnostic.ts";
import { cacheDirectory, layerCache } from "./cache.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "unitrd-cache-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

describe("cacheDirectory", () => {
  test("makes a private directory where the environment says", () => {
    vi.stubEnv("UNITRD_CACHE", join(directory, "own/cache"));
    expect(cacheDirectory(refuse)).toBe(join(directory, "own/cache"));
    expect(statSync(join(directory, "own/cache")).mode & 0o777).toBe(0o700);
    vi.stubEnv("UNITRD_CACHE", undefined);
    vi.stubEnv("XDG_CACHE_HOME", directory);
    expect(cacheDirectory(refuse)).toBe(join(directory, "unitrd"));
  });

  test("takes no notice of a relative path", () => {
    vi.stubEnv("UNITRD_CACHE", "here");
    vi.stubEnv("XDG_CACHE_HOME", directory);
    expect(cacheDirectory(refuse)).toBe(join(directory, "unitrd"));
  });

  test("is not used when others may write in it", () => {
    chmodSync(directory, 0o777);
    vi.stubEnv("UNITRD_CACHE", directory);
    const found = findings();
    expect(cacheDirectory(found.report)).toBeUndefined();
    expect(found.all).toMatchObject([{ code: "U422", severity: "warning" }]);
  });

  test("is not used when it is a file", () => {
    writeFileSync(join(directory, "file"), "");
    vi.stubEnv("UNITRD_CACHE", join(directory, "file"));
    const found = findings();
    expect(cacheDirectory(found.report)).toBeUndefined();
    expect(found.all).toMatchObject([{ code: "U422" }]);
  });
});

describe("layerCache", () => {
  const key = "0".repeat(64);
  const other = "1".repeat(64);

  test("gives back what it kept, which passed through unchanged", async () => {
    const cache = layerCache(directory);
    expect(await cache.find(key)).toBeUndefined();
    expect(await collect(cache.keep(key, stream("a", "b"), () => 42))).toBe("ab");
    const kept = await cache.find(key);
    expect(kept?.unpacked).toBe(42);
    expect(await collect(kept!.pieces)).toBe("ab");
    expect(statSync(join(directory, "layers", `layer-${key}`)).mode & 0o777).toBe(0o600);
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ["changed", (bytes) => Buffer.concat([Buffer.from("x"), bytes.subarray(1)])],
    ["cut short", (bytes) => bytes.subarray(0, -3)],
    ["cut to nothing", () => Buffer.alloc(0)],
  ])("takes an entry that was %s for none", async (_, damage) => {
    const cache = layerCache(directory);
    await collect(cache.keep(key, stream("abc"), () => 3));
    const path = join(directory, "layers", `layer-${key}`);
    writeFileSync(path, damage(readFileSync(path)));
    expect(await cache.find(key)).toBeUndefined();
    expect(readdirSync(join(directory, "layers"))).toEqual([]);
  });

  test("keeps nothing of a stream that fails or is left half way", async () => {
    const cache = layerCache(directory);
    async function* failing() {
      yield Buffer.alloc(1 << 20);
      throw new Error("broken");
    }
    await expect(collect(cache.keep(key, failing(), () => 0))).rejects.toThrow("broken");
    for await (const piece of cache.keep(key, stream("x".repeat(1 << 20), "y"), () => 0)) if (piece.length > 0) break;
    expect(readdirSync(join(directory, "layers"))).toEqual([]);
  });

  test("gives up the entry that was used least recently when there is too much", async () => {
    const cache = layerCache(directory, 500);
    await collect(cache.keep(key, stream("x".repeat(200)), () => 0));
    utimesSync(join(directory, "layers", `layer-${key}`), 1, 1);
    await collect(cache.keep(other, stream("y".repeat(200)), () => 0));
    expect(readdirSync(join(directory, "layers"))).toEqual([`layer-${other}`]);
  });

  test("does not keep a build from going on when it cannot write", async () => {
    writeFileSync(join(directory, "layers"), "");
    const cache = layerCache(directory);
    expect(await collect(cache.keep(key, stream("a"), () => 1))).toBe("a");
  });
});

function refuse(finding: unknown): void {
  throw new Error(JSON.stringify(finding));
}

async function* stream(...texts: readonly string[]) {
  for (const text of texts) yield Buffer.from(text);
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all).toString();
}
