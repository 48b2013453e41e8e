import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { compressions } from "../image/compression.ts";
import type { Compression } from "../image/compression.ts";
import { layersOf } from "../image/layers.ts";
import { manifestBuilder } from "../image/manifest-builder.ts";
import type { Content } from "../image/manifest.ts";
import { assemble, imageMode } from "../image/write.ts";
import { writeAtomically } from "./atomic-file.ts";
import { layerCache } from "./cache.ts";
import { compressorFor } from "./compression.ts";

const before = process.cwd();
afterEach(() => {
  vi.unstubAllEnvs();
  process.chdir(before);
});

test.each(compressions)(
  "the same manifest gives the same %s image for everybody, everywhere, with and without a cache",
  async (name) => {
    const plain = mkdtempSync(join(tmpdir(), "unitrd-same-"));
    const first = await build(plain, name, false, 1);
    const other = mkdtempSync(join(tmpdir(), "unitrd-gleich-"));
    vi.stubEnv("TZ", "Pacific/Kiritimati");
    vi.stubEnv("LC_ALL", "tr_TR.UTF-8");
    vi.stubEnv("HOME", other);
    vi.stubEnv("SOURCE_DATE_EPOCH", "1234567890");
    process.chdir(other);
    const umask = process.umask(0o077);
    const second = await build(other, name, true, 1_000_000_000);
    const third = await build(other, name, true, 2);
    process.umask(umask);
    expect(second.equals(first)).toBe(true);
    expect(third.equals(first)).toBe(true);
    for (const directory of [plain, other]) rmSync(directory, { recursive: true });
  },
);

async function build(directory: string, name: Compression, cached: boolean, time: number): Promise<Buffer> {
  const source = join(directory, "source");
  writeFileSync(source, Buffer.alloc(200_000, "some text that is not random\n"));
  utimesSync(source, time, time);
  const builder = manifestBuilder((finding) => {
    throw new Error(finding.message);
  });
  const content = { is: "sysroot", path: "/source", size: 200_000 } as const;
  const additions = [
    { type: "file", path: "/lib/größe", layer: "kernel", mode: 0o644, content, why: [] },
    { type: "symlink", path: "/lib", layer: "userland", target: "usr/lib", why: [] },
    { type: "file", path: "/etc/key", layer: "secrets", mode: 0o400, content, why: [] },
  ] as const;
  for (const addition of cached ? additions.toReversed() : additions) builder.add(addition);
  const layers = layersOf(builder.done());
  const read = (wanted: Content) => (wanted.is === "bytes" ? wanted.bytes : readFileSync(join(directory, wanted.path)));
  const tools = { read, compressor: compressorFor(name) };
  const pieces = assemble(layers, cached ? { ...tools, cache: layerCache(directory) } : tools);
  const image = join(directory, "image");
  expect(await writeAtomically(image, imageMode(layers), pieces, () => undefined)).toBe(true);
  return readFileSync(image);
}
