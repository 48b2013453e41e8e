import type { Requirement } from "../../plan/requirement.ts";

/** What a type of file system needs in the kernel and in the image. */
export interface Kind {
  /**
   * What it lies on: one block device, one or several, a dataset of a pool, a share of the host, another machine,
   * directories, or nothing that has to be found.
   */
  readonly on: "device" | "devices" | "dataset" | "share" | "network" | "directories" | "nothing";
  /** The checker that fsck(8) runs, when it has one that does something at boot. */
  readonly checker?: string;
  /** It cannot be written, so that it is mounted `ro` without being asked. */
  readonly readOnly?: true;
  readonly takes: readonly Requirement[];
}

const module = (name: string): Requirement => ({ is: "module", name, why: `file system ${name}` });

const characterSets = (...names: readonly string[]): readonly Requirement[] =>
  names.map((name): Requirement => ({ is: "module", name, optional: true, why: "character sets of file names" }));

/** File systems of which more is known than the name of their module. */
const known = {
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
    takes: [module("vfat"), ...characterSets("nls_cp437", "nls_ascii", "nls_iso8859_1", "nls_utf8")],
  },
  f2fs: {
    on: "device",
    checker: "fsck.f2fs",
    takes: [
      module("f2fs"),
      // Asked of the kernel by name when it is mounted; no dependency of the module says so.
      { is: "module", name: "crc32_generic", optional: true, why: "checksums of f2fs" },
    ],
  },
  erofs: { on: "device", readOnly: true, takes: [module("erofs")] },
  squashfs: { on: "device", readOnly: true, takes: [module("squashfs")] },
  iso9660: {
    on: "device",
    readOnly: true,
    takes: [{ is: "module", name: "isofs", why: "file system iso9660" }, ...characterSets("nls_ascii", "nls_utf8")],
  },
  bcachefs: { on: "devices", takes: [module("bcachefs")] },
  zfs: { on: "dataset", takes: [module("zfs")] },
  "9p": { on: "share", takes: [module("9p"), module("9pnet_virtio")] },
  virtiofs: { on: "share", takes: [module("virtiofs")] },
  nfs: {
    on: "network",
    takes: [
      module("nfs"),
      // The kernel asks for them by name when it mounts that version.
      ...["nfsv3", "nfsv4"].map((name): Requirement => ({
        is: "module",
        name,
        optional: true,
        why: "versions of NFS",
      })),
    ],
  },
  overlay: { on: "directories", takes: [module("overlay")] },
  tmpfs: { on: "nothing", takes: [] },
  bind: { on: "nothing", takes: [] },
} as const satisfies Record<string, Kind>;

type KnownKind = keyof typeof known;

/** In the order of the documentation. */
export const knownKinds = [
  "ext4",
  "ext3",
  "ext2",
  "xfs",
  "btrfs",
  "f2fs",
  "vfat",
  "erofs",
  "squashfs",
  "iso9660",
  "bcachefs",
  "zfs",
  "9p",
  "virtiofs",
  "nfs",
  "overlay",
  "tmpfs",
  "bind",
] as const satisfies readonly KnownKind[];

/** What a type needs; one that is not known lies on a device, and its module has its name. */
export function kindOf(type: string): Kind {
  return isKnown(type) ? known[type] : { on: "device", takes: [module(type)] };
}

function isKnown(type: string): type is KnownKind {
  return Object.hasOwn(known, type);
}
