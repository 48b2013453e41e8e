import type { Requirement } from "../../plan/requirement.ts";

/** What a type of file system needs in the kernel and in the image. */
export interface Kind {
  /** Whether it lies on a block device. */
  readonly onDevice: boolean;
  /** The checker that fsck(8) runs, when it has one that does something at boot. */
  readonly checker?: string;
  readonly takes: readonly Requirement[];
}

const module = (name: string): Requirement => ({ is: "module", name, why: `file system ${name}` });

/** File systems that can be declared. */
export const kinds = {
  ext4: { onDevice: true, checker: "fsck.ext4", takes: [module("ext4")] },
  ext3: { onDevice: true, checker: "fsck.ext3", takes: [module("ext4")] },
  ext2: { onDevice: true, checker: "fsck.ext2", takes: [module("ext4")] },
  xfs: { onDevice: true, takes: [module("xfs")] },
  btrfs: {
    onDevice: true,
    takes: [
      module("btrfs"),
      { is: "rules", name: "64-btrfs.rules", why: "a btrfs is ready when all of its devices are there" },
    ],
  },
  vfat: {
    onDevice: true,
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
  tmpfs: { onDevice: false, takes: [] },
  bind: { onDevice: false, takes: [] },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;
export const kindNames = [
  "ext4",
  "ext3",
  "ext2",
  "xfs",
  "btrfs",
  "vfat",
  "tmpfs",
  "bind",
] as const satisfies readonly KindName[];
