import type { Requirement } from "../../plan/requirement.ts";

/** What a type of file system needs in the kernel and in the image. */
export interface Kind {
  /** What it lies on: one block device, one or several, a dataset of a pool, or nothing that has to be found. */
  readonly on: "device" | "devices" | "dataset" | "nothing";
  /** The checker that fsck(8) runs, when it has one that does something at boot. */
  readonly checker?: string;
  readonly takes: readonly Requirement[];
}

const module = (name: string): Requirement => ({ is: "module", name, why: `file system ${name}` });

/** File systems that can be declared. */
export const kinds = {
  ext4: { on: "device", checker: "fsck.ext4", takes: [module("ext4")] },
  ext3: { on: "device", checker: "fsck.ext3", takes: [module("ext4")] },
  ext2: { on: "device", checker: "fsck.ext2", takes: [module("ext4")] },
  xfs: { on: "device", takes: [module("xfs")] },
  btrfs: {
    on: "device",
    takes: [
      module("btrfs"),
      { is: "rules", name: "64-btrfs.rules", why: "a btrfs is ready when all of its devices are there" },
    ],
  },
  vfat: {
    on: "device",
    checker: "fsck.vfat",
    takes: [
      module("vfat"),
      ...["nls_cp437", "nls_ascii", "nls_iso8859_1", "nls_utf8"].map((name): Requirement => ({
        is: "module",
        name,
        optional: true,
        why: "character sets of vfat",
      })),
    ],
  },
  bcachefs: { on: "devices", takes: [module("bcachefs")] },
  zfs: { on: "dataset", takes: [module("zfs")] },
  tmpfs: { on: "nothing", takes: [] },
  bind: { on: "nothing", takes: [] },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;
export const kindNames = [
  "ext4",
  "ext3",
  "ext2",
  "xfs",
  "btrfs",
  "vfat",
  "bcachefs",
  "zfs",
  "tmpfs",
  "bind",
] as const satisfies readonly KindName[];
