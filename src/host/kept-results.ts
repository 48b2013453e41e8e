import { createHash } from "node:crypto";
import type { Compressor } from "../image/compression.ts";
import type { Decompress, UnpackedFiles } from "../sysroot/module-bytes.ts";
import { resultCache, type ResultCache } from "./cache.ts";
import { decompressModules } from "./decompress-modules.ts";

/** Unpacks module files, or finds them unpacked below a `cacheDirectory`: the same files together, as a kernel's are. */
export function keptDecompression(cache: string | undefined): Decompress {
  if (cache === undefined) return decompressModules;
  const kept = resultCache(cache, "modules");
  return async (kind, files) => {
    const hash = createHash("sha256").update(`modules 1 ${kind} ${files.map((file) => file.length).join(" ")}\n`);
    for (const file of files) hash.update(file);
    const key = hash.digest("hex");
    const found = unframed(await kept.find(key), files.length);
    if (found !== undefined) return found;
    const unpacked = await decompressModules(kind, files);
    if (unpacked.is === "unpacked") await kept.keep(key, framed(unpacked.files));
    return unpacked;
  };
}

/** A line with the length of each file, then the files. */
function framed(files: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Buffer.from(`${files.map((file) => file.length).join(" ")}\n`), ...files]);
}

function unframed(bytes: Uint8Array | undefined, count: number): UnpackedFiles | undefined {
  const end = bytes?.indexOf(0x0a) ?? -1;
  if (bytes === undefined || end === -1) return undefined;
  const lengths = Buffer.from(bytes.subarray(0, end)).toString("latin1").split(" ").map(Number);
  let at = end + 1;
  const files = lengths.map((length) => bytes.subarray(at, (at += length)));
  return at === bytes.length && files.length === count ? { is: "unpacked", files } : undefined;
}

/** The compressor's version, without starting it when it was asked before. */
export async function keptVersion(cache: string | undefined, compressor: Compressor): Promise<string> {
  const kept: ResultCache | undefined = cache === undefined ? undefined : resultCache(cache, "versions");
  const key = createHash("sha256").update(`version 1 ${compressor.name} ${compressor.identity}`).digest("hex");
  const found = await kept?.find(key);
  if (found !== undefined) return Buffer.from(found).toString("utf8");
  const version = await compressor.version();
  await kept?.keep(key, Buffer.from(version));
  return version;
}
