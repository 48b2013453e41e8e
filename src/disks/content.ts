import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { makeBtrfs } from "./btrfs.ts";
import { emptyFile } from "./empty-file.ts";
import { makeErofs } from "./erofs.ts";
import { makeExt4 } from "./ext4.ts";
import { makeF2fs } from "./f2fs.ts";
import { copyImage } from "./image.ts";
import { makeIntegrity } from "./integrity.ts";
import { makeIso9660 } from "./iso9660.ts";
import type { Content } from "../scenario/disks/layout.ts";
import { makeLuks } from "./luks.ts";
import type { Spot } from "./spot.ts";
import { makeSquashfs } from "./squashfs.ts";
import { CannotMake, runTool } from "./tool.ts";
import { makeVerity } from "./verity.ts";
import { makeVfat } from "./vfat.ts";
import type { Workshop } from "./workshop.ts";
import { makeXfs } from "./xfs.ts";

/** Makes a content with all that is in it. Throws `CannotMake`. */
export async function makeContent(content: Content, spot: Spot, shop: Workshop): Promise<void> {
  if (content.type === "luks") return makeLuks(content, spot, shop, makeContent);
  if (content.type === "verity") return makeVerity(content, spot, shop, makeContent);
  if (content.type === "integrity") return makeIntegrity(content, spot, shop, makeContent);
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
    case "beside":
      await copyBeside(content.file, spot, shop);
      return;
    case "raw":
      await writeFile(spot.file, content.text, { flag: "r+" });
      return;
    case "empty":
      return;
  }
}

async function copyBeside(name: string, spot: Spot, shop: Workshop): Promise<void> {
  const { size } = await stat(shop.beside(name)).catch(() => ({ size: undefined }));
  if (size === undefined) throw new CannotMake("U660", `nothing before it left a file ${name} beside the disk`);
  if (size > spot.bytes) throw new CannotMake("U660", `${name} has ${size} bytes, there is room for ${spot.bytes}`);
  await writeFile(spot.file, await readFile(shop.beside(name)), { flag: "r+" });
}
