import { truncate, writeFile } from "node:fs/promises";
import type { Key, Luks } from "../scenario/disks/layout.ts";
import { bytesInside } from "../scenario/disks/placement.ts";
import { makeAuthenticated } from "./integrity.ts";
import { inScratch } from "./scratch.ts";
import type { Spot } from "./spot.ts";
import { runTool } from "./tool.ts";
import type { MakeContent, Workshop } from "./workshop.ts";

/** Encrypts what has been made in plain, without device-mapper. The first key fills the first slot. */
export async function makeLuks(luks: Luks, spot: Spot, shop: Workshop, makeInner: MakeContent): Promise<void> {
  await inScratch(shop.scratch(`${spot.place}-keys`), async (scratch) => {
    const keys = await Promise.all(luks.keys.map((key, index) => keyFile(key, `${scratch}/${index}`, shop)));
    const uuid = luks.uuid ?? shop.uuid(spot.place);
    const device =
      luks.integrity === undefined
        ? await encrypt(luks, uuid, keys, spot, shop, makeInner, scratch)
        : await authenticate({ ...luks, integrity: luks.integrity }, uuid, keys, spot, shop, makeInner);
    for (const key of keys.slice(1)) {
      await runTool("cryptsetup", ["luksAddKey", ...quietly, ...cheap(luks), "--key-file", first(keys), device, key]);
    }
    // It encrypts to LUKS1 only through device-mapper, but rewrites a header in place.
    if (luks.version === 1) await runTool("cryptsetup", ["convert", ...quietly, "--type", "luks1", device]);
  });
}

/** Asks nothing, and takes no locks: they lie in /run/cryptsetup, which is root's, and nobody else knows these files. */
const quietly = ["-q", "--disable-locks"];

/** Nobody waits for a test's key derivation, which an emulated machine is twenty times slower at. */
function cheap(luks: Luks): readonly string[] {
  if (luks.pbkdf === "pbkdf2") return ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"];
  const costs = ["--pbkdf-force-iterations", "4", "--pbkdf-memory", "32768", "--pbkdf-parallel", "1"];
  return ["--pbkdf", "argon2id", ...costs];
}

/** cryptsetup-reencrypt(8): in place with a detached header, else moved up by 16 MiB into 32 MiB of free room. */
async function encrypt(
  luks: Luks,
  uuid: string,
  keys: readonly string[],
  spot: Spot,
  shop: Workshop,
  makeInner: MakeContent,
  scratch: string,
): Promise<string> {
  const bytes = bytesInside(luks, spot.bytes);
  await makeInner(luks.content, { file: spot.file, bytes, place: `${spot.place}-luks` }, shop);
  const header = luks.header === undefined ? undefined : shop.beside(luks.header);
  const room = header === undefined ? ["--reduce-device-size", "32M"] : ["--header", header];
  await truncate(spot.file, spot.bytes);
  const label = luks.label === undefined ? [] : ["--label", luks.label];
  const common = [
    "reencrypt",
    ...quietly,
    "--encrypt",
    "--type",
    "luks2",
    "--sector-size",
    "512",
    "--uuid",
    uuid,
    ...label,
  ];
  // It leaves a file named after the UUID in the current directory while it works.
  const words = [...common, ...room, ...cheap(luks), "--key-file", first(keys), spot.file];
  await runTool("cryptsetup", words, { cwd: scratch });
  return header ?? spot.file;
}

async function authenticate(
  luks: Luks & { readonly integrity: string },
  uuid: string,
  keys: readonly string[],
  spot: Spot,
  shop: Workshop,
  makeInner: MakeContent,
): Promise<string> {
  await makeAuthenticated(luks, ["--uuid", uuid, ...cheap(luks)], first(keys), spot, shop, makeInner);
  return spot.file;
}

/** The path of a file with exactly the bytes of a key; one that was declared as a file stays beside the disk. */
async function keyFile(key: Key, scratch: string, shop: Workshop): Promise<string> {
  const path = "file" in key ? shop.beside(key.file) : scratch;
  await writeFile(path, "file" in key ? key.text : key.passphrase, { mode: 0o600 });
  return path;
}

function first(keys: readonly string[]): string {
  const [key] = keys;
  if (key === undefined) throw new Error("the schema wants at least one key");
  return key;
}
