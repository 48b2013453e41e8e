import { readdir } from "node:fs/promises";
import type { Content } from "../scenario/disks/layout.ts";
import { inScratch } from "./scratch.ts";
import type { Spot } from "./spot.ts";
import { staged, writeStaged } from "./staged.ts";
import { CannotMake, runTool } from "./tool.ts";
import type { Workshop } from "./workshop.ts";

type Vfat = Extract<Content, { type: "vfat" }>;

export async function makeVfat(content: Vfat, spot: Spot, shop: Workshop): Promise<void> {
  const files = await staged(content, shop);
  const link = files.find((file) => file.type === "symlink");
  if (link !== undefined) throw new CannotMake("U660", `vfat has no links: ${link.path}`);
  const label = content.label === undefined ? [] : ["-n", content.label];
  const serial = (content.uuid ?? shop.uuid(spot.place).slice(0, 8)).replace("-", "");
  await runTool("mkfs.vfat", ["-i", serial, ...label, spot.file]);
  await inScratch(shop.scratch(spot.place), async (root) => {
    await writeStaged(files, root);
    const names = await readdir(root);
    if (names.length === 0) return;
    await runTool("mcopy", ["-s", "-i", spot.file, ...names.map((name) => `./${name}`), "::/"], { cwd: root });
  });
}
