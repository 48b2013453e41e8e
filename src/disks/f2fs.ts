import type { Content } from "../scenario/disks/layout.ts";
import { commands } from "./btrfs.ts";
import { quoted } from "./guest-script.ts";
import { inScratch } from "./scratch.ts";
import type { Spot } from "./spot.ts";
import { staged, writeContent } from "./staged.ts";
import type { Workshop } from "./workshop.ts";

type F2fs = Extract<Content, { type: "f2fs" }>;

/** sload.f2fs(8) gives every file the owner that it has here, so the builder guest mounts it. */
export async function makeF2fs(content: F2fs, spot: Spot, shop: Workshop): Promise<void> {
  await inScratch(shop.scratch(spot.place), async (files) => {
    const label = content.label === undefined ? "" : ` -l ${quoted(content.label)}`;
    const lines = [
      "set -e",
      `mkfs.f2fs -q -f -U ${content.uuid ?? shop.uuid(spot.place)}${label} "$DISK"`,
      'mount -t f2fs "$DISK" /run/mnt',
    ];
    for (const [index, file] of (await staged(content, shop)).entries()) {
      if (file.type === "file") await writeContent(file.content, `${files}/${index}`, 0o600);
      lines.push(...commands(file, quoted(`/run/mnt${file.path}`), `/run/order/${index}`));
    }
    lines.push("umount /run/mnt", "");
    await shop.builder.build({ file: spot.file, script: lines.join("\n"), files });
  });
}
