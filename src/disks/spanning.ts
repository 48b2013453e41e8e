import { membersOf } from "../scenario/disks/members.ts";
import {
  arrayMemberBytes,
  type ArrayOfDisks,
  type Layout,
  type Pool,
  type Spanning,
  type VolumeGroup,
} from "../scenario/disks/spanning.ts";
import { btrfsLines } from "./btrfs.ts";
import { quoted } from "./guest-script.ts";
import { inScratch } from "./scratch.ts";
import type { BuildOrder, Workshop } from "./workshop.ts";

/** What an array or a volume group holds, made in files before it: the whole of an array, or a volume by its name. */
export interface Inner {
  readonly name: string;
  readonly file: string;
}

/** Makes an array, a volume group or a pool over its members' files, which exist and are empty, in the builder guest. */
export async function makeSpanning(
  spanning: Spanning,
  layout: Layout,
  members: readonly string[],
  inner: readonly Inner[],
  shop: Workshop,
): Promise<void> {
  const [first, ...others] = [...members, ...inner.map(({ file }) => file)];
  if (first === undefined) throw new Error("layoutMistakes wants at least one member");
  await inScratch(shop.scratch(`spanning-${spanning.name}`), async (files) => {
    const devices = members.map((_, index) => device(index));
    const order = { file: first, others, files };
    const contents = inner.map(({ name }, index) => ({ name, device: device(members.length + index) }));
    await shop.builder.build({ ...order, ...(await work(spanning, layout, devices, contents, shop, files)) });
  });
}

/** The tree's: the guest's shell has one of its own, which does not skip zeros. */
const dd = "/usr/bin/dd";

/** As the guest calls the disks of an order. */
function device(index: number): string {
  return index === 0 ? '"$DISK"' : `"$DISK${index}"`;
}

interface Content {
  readonly name: string;
  readonly device: string;
}

type Work = Pick<BuildOrder, "script" | "modules">;

async function work(
  spanning: Spanning,
  layout: Layout,
  devices: readonly string[],
  contents: readonly Content[],
  shop: Workshop,
  files: string,
): Promise<Work> {
  switch (spanning.is) {
    case "array":
      return arrayWork(spanning, layout, devices, contents, shop);
    case "volume-group":
      return volumeGroupWork(spanning, devices, contents);
    case "pool":
      return poolWork(spanning, devices, shop, files);
  }
}

/** mdadm(8); without udev it names the device itself. Zeros are a clean array of every level, so nothing is synced. */
function arrayWork(
  array: ArrayOfDisks,
  layout: Layout,
  devices: readonly string[],
  contents: readonly Content[],
  shop: Workshop,
): Work {
  const { level, metadata, name } = array;
  const bytes = arrayMemberBytes(membersOf(name, layout).map((member) => member.bytes));
  const words = [
    ...["--create", "/dev/md0", "--run", "--assume-clean", "--bitmap=none", `--homehost=${array.homehost}`],
    ...[`--level=${level}`, `--metadata=${metadata}`, `--uuid=${array.uuid ?? shop.uuid(name)}`],
    ...(metadata === "0.90" ? [] : [`--name=${name}`]),
    // Where the level allows it exactly as large as what it holds, so that the end of a table is at the end.
    ...(level === 0 ? [] : [`--size=${bytes / 1024}`]),
    ...(level === 1 ? [] : ["--chunk=64"]),
    // The old metadata cannot say which of two layouts, that differ only over members of unequal size.
    ...(level === 0 && metadata === "0.90" ? ["--layout=dangerous"] : []),
    ...(metadata === "1.1" || metadata === "1.2" ? ["--data-offset=1024"] : []),
    `--raid-devices=${devices.length}`,
    ...devices,
  ];
  const lines = [
    "set -e",
    "export MDADM_NO_UDEV=1",
    `mdadm ${words.join(" ")} || { mdadm --examine ${devices.join(" ")}; exit 1; }`,
    ...contents.map((content) => `${dd} if=${content.device} of=/dev/md0 bs=1M conv=notrunc,sparse,fsync status=none`),
    "mdadm --stop /dev/md0",
  ];
  return { script: `${lines.join("\n")}\n`, modules: [levelModule[level]] };
}

const levelModule = { 0: "raid0", 1: "raid1", 4: "raid456", 5: "raid456", 6: "raid456", 10: "raid10" } as const;

/** lvm(8) with nothing of the tree's configuration but that it may not write there. */
function volumeGroupWork(group: VolumeGroup, devices: readonly string[], contents: readonly Content[]): Work {
  const pool = group["thin-pool"];
  const lines = [
    "set -e",
    "export DM_DISABLE_UDEV=1 LVM_SUPPRESS_FD_WARNINGS=1",
    // The guest has the disks of other orders too, perhaps with a group of this name.
    "accepted=",
    `for device in ${devices.join(" ")}; do accepted="$accepted'a|^$device|',"; done`,
    `configuration="backup { backup=0 archive=0 } devices { use_devicesfile=0 obtain_device_list_from_udev=0 filter=[$accepted'r|.*|'] } activation { udev_sync=0 udev_rules=0 monitoring=0 }"`,
    'lvm_do() { command=$1; shift; lvm "$command" --config "$configuration" "$@" >/dev/null; }',
    `lvm_do pvcreate -q -f ${devices.join(" ")}`,
    `lvm_do vgcreate -q ${group.name} ${devices.join(" ")}`,
    ...(pool === undefined
      ? []
      : [
          `lvm_do lvcreate -q -y -L ${pool.size} --poolmetadatasize 4M -T ${group.name}/${pool.name} --chunksize 64k -Zn`,
        ]),
    ...group.volume.map((volume) =>
      volume.thin && pool !== undefined
        ? `lvm_do lvcreate -q -y -V ${volume.size} -T ${group.name}/${pool.name} -n ${volume.name}`
        : `lvm_do lvcreate -q -y -Wn -Zn -L ${volume.size} -n ${volume.name} ${group.name}`,
    ),
    ...contents.map(
      ({ name, device }) =>
        `${dd} if=${device} of=${quoted(mapperPath(group.name, name))} bs=1M conv=notrunc,sparse,fsync status=none`,
    ),
    `lvm_do vgchange -q -an ${group.name}`,
  ];
  const thin = pool === undefined ? [] : ["dm_thin_pool"];
  return { script: `${lines.join("\n")}\n`, modules: ["dm_mod", ...thin] };
}

/** The device mapper doubles the dashes in names. */
function mapperPath(group: string, volume: string): string {
  return `/dev/mapper/${group.replaceAll("-", "--")}-${volume.replaceAll("-", "--")}`;
}

async function poolWork(pool: Pool, devices: readonly string[], shop: Workshop, files: string): Promise<Work> {
  const { name, profile, ...content } = pool;
  const options = `-d ${profile} -m ${profile}`;
  const lines = await btrfsLines({ type: "btrfs", ...content }, shop.uuid(name), { devices, options }, shop, files);
  return { script: lines.join("\n"), modules: [] };
}
