import { chmod, stat, truncate } from "node:fs/promises";
import type { Content } from "../scenario/disks/layout.ts";
import type { Spot } from "./spot.ts";
import { CannotMake, runTool } from "./tool.ts";
import type { Workshop } from "./workshop.ts";

type Image = Extract<Content, { type: "image" }>;

/** Copies an image that exists, unpacked when it is packed, and gives one of ext4 the declared label and UUID. */
export async function copyImage(content: Image, spot: Spot, shop: Workshop): Promise<void> {
  const source = await shop.image(content.image);
  if ((await stat(source).catch(() => undefined)) === undefined)
    throw new CannotMake("U661", `there is no image ${content.image}`);
  await (source.endsWith(".zst")
    ? runTool("zstd", ["-q", "-d", "-f", "--sparse", source, "-o", spot.file])
    : runTool("cp", ["--sparse=always", "--reflink=auto", "--", source, spot.file]));
  const { size } = await stat(spot.file);
  if (size > spot.bytes) {
    throw new CannotMake("U660", `the image ${content.image} has ${size} bytes, there is room for ${spot.bytes}`);
  }
  await chmod(spot.file, 0o600);
  await truncate(spot.file, spot.bytes);
  if (content.label !== undefined) await runTool("tune2fs", ["-L", content.label, spot.file]);
  if (content.uuid !== undefined) await runTool("tune2fs", ["-U", content.uuid, spot.file]);
}
