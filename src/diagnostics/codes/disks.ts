import type { CodeTable } from "../code-table.ts";

export const disksCodes = {
  U652: {
    title: "A disk is both a whole and a table of partitions",
    explanation: `A \`[[disk]]\` holds either one \`content\` or a list of \`[[disk.partition]]\`, each with a content of its own; \`table\` and \`table-uuid\` belong to the second kind.

Move the disk's \`content\` into a partition, or remove the partitions.`,
  },
  U653: {
    title: "A content does not fit where it is declared",
    explanation: `Partitions follow one another from the first MiB, and the last MiB holds the second copy of the table. A LUKS container takes 32 MiB more than what is in it (16 for its header, 16 while it is made); btrfs needs 112 MiB, xfs 32.

Enlarge the disk or the partition: \`size = "256M"\`. Disks are sparse files, so room that is not written to costs nothing, except inside LUKS.`,
  },
  U654: {
    title: "A partition has no size",
    explanation: `Only the last partition of a disk can do without a \`size\`: it gets the rest.`,
  },
  U655: {
    title: "LUKS version 1 cannot do this",
    explanation: `Labels, detached headers that this tool makes, and argon2id exist for LUKS version 2 only.

Say \`version = 2\`, or remove the key.`,
  },
  U656: {
    title: "A file system cannot hold a declared file",
    explanation: `vfat has no links. mkfs.xfs reads names from a list that is separated by blanks, so a file or a link with a blank in its name cannot be made on xfs without mounting it.

Use another name, or ext4 or btrfs, which take any.`,
  },
  U657: {
    title: "The default subvolume does not exist",
    explanation: `\`default-subvolume\` names one of the \`subvolumes\` of the same btrfs.`,
  },
  U658: {
    title: "Two disks, or two files beside a disk, have one name",
    explanation: `Disks are told apart by their \`name\`. A key file and a detached header become files beside the disk they open, so their names differ too, and none is \`disk.raw\`. Two slots may share a key file when its text is the same.`,
  },
  U659: {
    title: "A program that makes disks is not on this machine",
    explanation: `Disks for boot tests are made with the usual programs: mke2fs, mkfs.xfs, cryptsetup, sfdisk … The hint names the Debian package.`,
  },
  U660: {
    title: "A disk cannot be made",
    explanation: `A program that makes a file system or a container failed; the message ends with what it said. Most often the files do not fit: enlarge the disk's \`size\`.`,
  },
  U661: {
    title: "An image or a tree does not exist",
    explanation: `\`image\` and \`tree\` name what a disk is filled with, relative to the folder of the scenario. \`image = "userland:trixie"\` is the Debian userland that \`scripts/fetch\` makes.`,
  },
} as const satisfies CodeTable;
