import { truncate, writeFile } from "node:fs/promises";
import type { Content } from "../scenario/disks/layout.ts";
import { inScratch } from "./scratch.ts";
import type { Spot } from "./spot.ts";
import { staged, writeStaged } from "./staged.ts";
import { CannotMake, runTool } from "./tool.ts";
import type { Workshop } from "./workshop.ts";
import { stat } from "node:fs/promises";

type Squashfs = Extract<Content, { type: "squashfs" }>;

/** Modes and owners come from a list of pseudo files, mksquashfs(1); gzip is what every kernel of a distribution has. */
export async function makeSquashfs(content: Squashfs, spot: Spot, shop: Workshop): Promise<void> {
  const files = await staged(content, shop);
  await inScratch(shop.scratch(spot.place), async (scratch) => {
    await inScratch(`${scratch}/root`, async (root) => {
      await writeStaged(files, root);
      await writeFile(`${scratch}/pseudo`, ["/ m 755 0 0\n", ...files.map(pseudo)].join(""));
      const options = [
        "-noappend",
        "-no-progress",
        "-no-xattrs",
        "-quiet",
        "-comp",
        "gzip",
        "-all-time",
        "0",
        "-mkfs-time",
        "0",
      ];
      await runTool("mksquashfs", [root, spot.file, ...options, "-pf", `${scratch}/pseudo`]);
    });
  });
  const { size } = await stat(spot.file);
  if (size > spot.bytes) throw new CannotMake("U660", `a squashfs of ${size} bytes does not fit into ${spot.bytes}`);
  await truncate(spot.file, spot.bytes);

  function pseudo(file: (typeof files)[number]): string {
    const mode = file.type === "symlink" ? 0o777 : file.mode;
    return `"${file.path.slice(1).replaceAll(/["\\]/g, "\\$&")}" m ${mode.toString(8)} ${file.uid} ${file.gid}\n`;
  }
}
