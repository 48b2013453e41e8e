import { open, truncate } from "node:fs/promises";
import type { Spot } from "./spot.ts";

/** A sparse file that only its owner may read. */
export async function emptyFile(spot: Pick<Spot, "file" | "bytes">): Promise<void> {
  await (await open(spot.file, "wx", 0o600)).close();
  await truncate(spot.file, spot.bytes);
}
