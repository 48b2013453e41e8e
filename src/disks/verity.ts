import { createHash } from "node:crypto";
import { open, writeFile } from "node:fs/promises";
import type { Verity } from "../scenario/disks/layout.ts";
import type { Spot } from "./spot.ts";
import { CannotMake, runTool } from "./tool.ts";
import type { MakeContent, Workshop } from "./workshop.ts";

/** Makes a content, and beside the disk its hashes; with a salt and a UUID of its place they are always the same. */
export async function makeVerity(verity: Verity, spot: Spot, shop: Workshop, makeInner: MakeContent): Promise<void> {
  const place = `${spot.place}-verity`;
  await makeInner(verity.content, { ...spot, place }, shop);
  const uuid = shop.uuid(place);
  const salt = createHash("sha256").update(uuid).digest("hex");
  const hashes = shop.beside(verity.name);
  const said = await runTool("veritysetup", ["format", "--uuid", uuid, "--salt", salt, spot.file, hashes]);
  const root = /^Root hash:\s*([0-9a-f]+)$/m.exec(said)?.[1];
  if (root === undefined) throw new CannotMake("U660", `veritysetup gave no root hash: ${said}`);
  await writeFile(shop.beside(`${verity.name}.roothash`), root, { mode: 0o600 });
  if (verity.damage !== undefined) await flipBit(spot.file);
}

async function flipBit(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, flippedAt);
    byte.writeUInt8(byte.readUInt8(0) ^ 1, 0);
    await file.write(byte, 0, 1, flippedAt);
  } finally {
    await file.close();
  }
}

/** In the label of an ext4, which lies in the first block that a mount reads. */
const flippedAt = 1144;
