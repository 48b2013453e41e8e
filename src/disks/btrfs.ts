import type { Btrfs } from "../scenario/disks/layout.ts";
import { quoted } from "./guest-script.ts";
import { inScratch } from "./scratch.ts";
import type { Spot } from "./spot.ts";
import type { Staged } from "./staged-file.ts";
import { staged, writeContent } from "./staged.ts";
import type { Workshop } from "./workshop.ts";

/** Subvolumes need a mounted file system, so the builder guest makes it. */
export async function makeBtrfs(content: Btrfs, spot: Spot, shop: Workshop): Promise<void> {
  await inScratch(shop.scratch(spot.place), async (files) => {
    const lines = await btrfsLines(content, shop.uuid(spot.place), { devices: ['"$DISK"'], options: "" }, shop, files);
    await shop.builder.build({ file: spot.file, script: lines.join("\n"), files });
  });
}

/** The commands that make a btrfs over devices, named as the guest's shell shall see them; what is copied lies in `files`. */
export async function btrfsLines(
  content: Btrfs,
  uuid: string,
  over: { readonly devices: readonly string[]; readonly options: string },
  shop: Workshop,
  files: string,
): Promise<readonly string[]> {
  const label = content.label === undefined ? "" : ` -L ${quoted(content.label)}`;
  const [first = '"$DISK"'] = over.devices;
  const options = over.options === "" ? "" : ` ${over.options}`;
  const lines = [
    "set -e",
    `mkfs.btrfs -q -f -U ${content.uuid ?? uuid}${label}${options} ${over.devices.join(" ")}`,
    ...(over.devices.length > 1 ? [`btrfs device scan ${over.devices.join(" ")} >/dev/null`] : []),
    `mount -t btrfs ${first} /run/mnt`,
  ];
  let counter = 0;
  const fill = async (payload: readonly Staged[], top: string): Promise<void> => {
    for (const file of payload) {
      const source = `/run/order/${counter}`;
      if (file.type === "file") await writeContent(file.content, `${files}/${counter++}`, 0o600);
      lines.push(...commands(file, quoted(`${top}${file.path}`), source));
    }
  };
  await fill(await staged(content, shop), "/run/mnt");
  for (const [name, payload] of Object.entries(content.subvolumes ?? {})) {
    lines.push(`btrfs subvolume create ${quoted(`/run/mnt/${name}`)} >/dev/null`);
    await fill(await staged(payload, shop), `/run/mnt/${name}`);
  }
  const chosen = content["default-subvolume"];
  if (chosen !== undefined) lines.push(`btrfs subvolume set-default ${quoted(`/run/mnt/${chosen}`)}`);
  lines.push("umount /run/mnt", ...(over.devices.length > 1 ? ["btrfs device scan --forget"] : []), "");
  return lines;
}

/** Shell commands that make a file at a path of a mounted file system; `source` is where its content lies. */
export function commands(file: Staged, path: string, source: string): readonly string[] {
  const owner = file.uid === 0 && file.gid === 0 ? [] : [`chown -h ${file.uid}:${file.gid} ${path}`];
  switch (file.type) {
    case "directory":
      return [`mkdir -p ${path}`, ...owner, `chmod ${file.mode.toString(8)} ${path}`];
    case "file":
      return [`cp ${source} ${path}`, ...owner, `chmod ${file.mode.toString(8)} ${path}`];
    case "symlink":
      return [`ln -s ${quoted(file.target)} ${path}`, ...owner];
  }
}
