import { open, rename, truncate, writeFile } from "node:fs/promises";
import { makeBtrfs } from "./btrfs.ts";
import { makeErofs } from "./erofs.ts";
import { makeExt4 } from "./ext4.ts";
import { makeF2fs } from "./f2fs.ts";
import { copyImage } from "./image.ts";
import { makeIso9660 } from "./iso9660.ts";
import type { Content } from "../scenario/disks/layout.ts";
import { makeLuks } from "./luks.ts";
import type { Spot } from "./spot.ts";
import { makeSquashfs } from "./squashfs.ts";
import { runTool } from "./tool.ts";
import { makeVfat } from "./vfat.ts";
import type { Workshop } from "./workshop.ts";
import { makeXfs } from "./xfs.ts";

/** Makes a content with all that is in it. Throws `CannotMake`. */
export async function makeContent(content: Content, spot: Spot, shop: Workshop): Promise<void> {
  if (content.type === "luks") return makeLuks(content, spot, shop, makeContent);
  if (content.type === "member") return rename(await shop.member(content.of, spot.place), spot.file);
  if (content.type === "image") return copyImage(content, spot, shop);
  await emptyFile(spot);
  switch (content.type) {
    case "ext4":
      return makeExt4(content, spot, shop, makeContent);
    case "xfs":
      return makeXfs(content, spot, shop);
    case "btrfs":
      return makeBtrfs(content, spot, shop);
    case "f2fs":
      return makeF2fs(content, spot, shop);
    case "vfat":
      return makeVfat(content, spot, shop);
    case "squashfs":
      return makeSquashfs(content, spot, shop);
    case "erofs":
      return makeErofs(content, spot, shop);
    case "iso9660":
      return makeIso9660(content, spot, shop);
    case "swap": {
      const uuid = content.uuid ?? shop.uuid(spot.place);
      await runTool("mkswap", [...(content.label === undefined ? [] : ["-L", content.label]), "-U", uuid, spot.file]);
      return;
    }
    case "raw":
      await writeFile(spot.file, content.text, { flag: "r+" });
      return;
    case "empty":
      return;
  }
}

/** A sparse file that only its owner may read. */
export async function emptyFile(spot: Pick<Spot, "file" | "bytes">): Promise<void> {
  await (await open(spot.file, "wx", 0o600)).close();
  await truncate(spot.file, spot.bytes);
}
