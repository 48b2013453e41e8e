import { chmod, stat, truncate } from "node:fs/promises";
import type { Content } from "../scenario/disks/layout.ts";
import { inScratch } from "./scratch.ts";
import type { Spot } from "./spot.ts";
import { staged, writeStaged } from "./staged.ts";
import { CannotMake, runTool } from "./tool.ts";
import type { Workshop } from "./workshop.ts";

type Erofs = Extract<Content, { type: "erofs" }>;

/** mkfs.erofs(1) takes modes from the directory, and all owners or none: everything is root's. */
export async function makeErofs(content: Erofs, spot: Spot, shop: Workshop): Promise<void> {
  const files = await staged(content, shop);
  const foreign = files.find((file) => file.uid !== 0 || file.gid !== 0);
  if (foreign !== undefined) {
    throw new CannotMake("U660", `every file of an erofs is root's, and ${foreign.path} is not`, "use squashfs");
  }
  await inScratch(shop.scratch(spot.place), async (root) => {
    await writeStaged(files, root);
    await chmod(root, 0o755);
    const options = ["--quiet", "-T0", "--all-root", "-U", content.uuid ?? shop.uuid(spot.place)];
    await runTool("mkfs.erofs", [...options, spot.file, root]);
  });
  const { size } = await stat(spot.file);
  if (size > spot.bytes) throw new CannotMake("U660", `an erofs of ${size} bytes does not fit into ${spot.bytes}`);
  await truncate(spot.file, spot.bytes);
}
