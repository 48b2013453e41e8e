import { chmod, rm, stat, truncate } from "node:fs/promises";
import type { Content } from "../scenario/disks/layout.ts";
import { inScratch } from "./scratch.ts";
import type { Spot } from "./spot.ts";
import { staged, writeStaged } from "./staged.ts";
import { CannotMake, runTool } from "./tool.ts";
import type { Workshop } from "./workshop.ts";

type Iso9660 = Extract<Content, { type: "iso9660" }>;

/** With Rock Ridge for modes and links; everything is root's. */
export async function makeIso9660(content: Iso9660, spot: Spot, shop: Workshop): Promise<void> {
  const files = await staged(content, shop);
  const foreign = files.find((file) => file.uid !== 0 || file.gid !== 0);
  if (foreign !== undefined) {
    throw new CannotMake("U660", `every file of an iso9660 is root's, and ${foreign.path} is not`, "use squashfs");
  }
  await inScratch(shop.scratch(spot.place), async (root) => {
    await writeStaged(files, root);
    await chmod(root, 0o755);
    // It would append a session to what it finds.
    await rm(spot.file);
    const dates = ["--modification-date=2000010100000000", "--set_all_file_dates", "2000010100000000"];
    const label = content.label === undefined ? [] : ["-V", content.label];
    const options = ["-quiet", "-R", "-uid", "0", "-gid", "0", ...dates, ...label, "-o", spot.file];
    await runTool("xorriso", ["-as", "mkisofs", ...options, root]);
  });
  const { size } = await stat(spot.file);
  if (size > spot.bytes) throw new CannotMake("U660", `an iso9660 of ${size} bytes does not fit into ${spot.bytes}`);
  await truncate(spot.file, spot.bytes);
  await chmod(spot.file, 0o600);
}
