import * as z from "zod";
import { absolutePath, deviceSpec, duration, relativeOrSysrootPath, setOf, table, text } from "../../config/schema.ts";
import { knownKinds } from "./kinds.ts";

/** `[filesystems."/PATH".encryption]`: the key of a file system that encrypts itself. */
const encryption = table({
  unlock: z
    .array(z.enum(["key-file", "passphrase"]))
    .min(1)
    .optional()
    .meta({
      description:
        "The ways to unlock, in order; bcachefs has one. Default: `key-file` when there is one, else `passphrase`.",
      example: ["passphrase"],
    }),
  "key-file": relativeOrSysrootPath.optional().meta({
    description: "A file with the key, put into the image, which is then readable by its owner only.",
    example: "keys/root.key",
    instead: ["keyfile", "key"],
  }),
});
export type Encryption = z.output<typeof encryption>;
export type Way = "key-file" | "passphrase";

const option = z
  .string()
  .min(1)
  .regex(/^[^,\p{Cc}]+$/u, "one mount option to an element, without commas")
  .regex(/^(?! ).*[^ \\]$/s, "a mount option has no space around it and no backslash at its end");

/** A type by the name of its kernel module. */
const otherKind = text((type) =>
  /^[a-z][a-z0-9_]*$/.test(type) && type !== "auto"
    ? undefined
    : "a type is named as for mount(8), in small letters and digits; it is never guessed",
).meta({ title: "name" });

/** Colons separate the directories of an overlay, commas its options. */
const overlayPath = absolutePath.regex(
  /^[^:,\\"]*$/,
  "a directory of an overlay has no colon, comma, quote or backslash",
);

const remote = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\]):\/[^\p{Cc}\s,]*$/u,
    'a directory of another machine is written as "192.0.2.1:/srv/root"',
  );

/** One table of `[filesystems]`. */
export const filesystem = table({
  device: deviceSpec.optional().meta({
    description: "The block device: by UUID, LABEL, PARTUUID, PARTLABEL, or a path below /dev.",
    example: "UUID=0f3c1d2e-…",
    instead: ["uuid", "label", "partuuid", "partlabel", "what", "dev"],
  }),
  devices: z.array(deviceSpec).min(1).optional().meta({
    description:
      'For `bcachefs` on several devices: each of them, or one by the UUID or LABEL of the file system, which then stands for all. Only the scripted stage one can mount them: `["PARTLABEL=a", "PARTLABEL=b"]`.',
  }),
  degraded: z.boolean().default(false).meta({
    description:
      "For `btrfs` and `bcachefs`: mount it without the devices that have not come within its `device-timeout` (for `btrfs` 30 s if it has none), as far as what it holds allows.",
  }),
  dataset: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_.:-]*(\/[A-Za-z0-9_.:-]+)*$/, "a dataset is written POOL/NAME, as zfs(8) does")
    .optional()
    .meta({ description: "For `zfs`: the dataset, such as `rpool/ROOT/debian`.", instead: ["pool"] }),
  encryption: encryption.optional().meta({
    description:
      "For `bcachefs` and `zfs` with encryption of their own: where the key comes from. Only the scripted stage one can.",
  }),
  type: z.union([z.enum(knownKinds), otherKind]).meta({
    description:
      "The type of the file system. One that is not listed lies on a device, and its kernel module has the name of the type: `nilfs2`.",
    example: "ext4",
    instead: ["fstype", "fs"],
  }),
  remote: remote.optional().meta({
    description:
      "For `nfs`: the machine and the directory there. The version is an option of nfs(5), `vers=4.2` or `vers=3`; with version 3 `nolock` is added, as locks need a daemon that no initrd has.",
    example: "192.0.2.1:/srv/root",
    instead: ["server", "nfsroot"],
  }),
  source: absolutePath
    .optional()
    .meta({ description: "For `bind`: the directory of the real system that is mounted here too." }),
  image: absolutePath.optional().meta({
    description:
      "Instead of a device: a file that holds the file system, by its path in the real system. What it lies on is mounted first.",
    example: "/run/initramfs/live/root.squashfs",
  }),
  "copy-to-ram": z.boolean().default(false).meta({
    description:
      "Copy the image, or what is on the device, to memory and mount the copy. A mount that held only such images is gone before the real system starts.",
  }),
  tag: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,30}$/, "a tag has letters, digits, dot, dash and underscore, at most 31")
    .optional()
    .meta({
      description: "For `9p` and `virtiofs`: the tag that the host of the virtual machine gave to the share.",
      example: "root",
    }),
  lower: z
    .array(overlayPath)
    .min(1)
    .optional()
    .meta({
      description: "For `overlay`: the directories below, that on top first. None of them is written.",
      example: ["/run/initramfs/base"],
      instead: ["lowerdir"],
    }),
  upper: overlayPath.optional().meta({
    description:
      "For `overlay`: the directory that takes what is written. Default: one in memory, so that it is gone with the next boot; none with the option `ro`.",
    example: "/run/initramfs/rw/upper",
    instead: ["upperdir"],
  }),
  work: overlayPath.optional().meta({
    description: "For `overlay` with `upper`: an empty directory on the same file system.",
    example: "/run/initramfs/rw/work",
    instead: ["workdir"],
  }),
  "make-directories": z.boolean().default(false).meta({
    description:
      "For `overlay`: make `upper` and `work`, of mode 0755 and root's, where they are not there yet. Without it the boot ends when they are not.",
  }),
  volatile: z.enum(["yes", "state", "overlay"]).optional().meta({
    description:
      "For the root: `overlay` keeps what is written to it in memory; `state` does so for `/var` alone; `yes` leaves only `/usr` of it, in an empty root in memory. As `systemd.volatile=` of kernel-command-line(7).",
  }),
  options: setOf(option)
    .default([])
    .meta({
      description: "Mount options, one to an element, as in the fourth field of fstab(5).",
      example: ["subvol=@", "noatime"],
      instead: ["flags", "opts"],
    }),
  fsck: z.boolean().optional().meta({
    description:
      "Check the file system before it is mounted. Default: yes, where its type has a checker (ext4, ext3, ext2, vfat; xfs and btrfs have none at boot). What is mended is said, and the boot goes on; what is not mended ends in emergency mode. When the checker asks for a reboot, the scripted stage one reboots; systemd-fsck(8) takes it for a failure.",
  }),
  grow: z
    .boolean()
    .default(false)
    .meta({
      description: "Grow an ext4, xfs or btrfs to the size of its device once it is mounted. It must be writable.",
      instead: ["growfs", "x-systemd.growfs"],
    }),
  "make-filesystem": z
    .boolean()
    .default(false)
    .meta({
      description:
        "Make the file system when the device holds nothing at all: nothing that blkid(8) knows, and zeros in its first MiB. What holds anything is never touched.",
      instead: ["makefs", "format", "x-systemd.makefs"],
    }),
  nofail: z
    .boolean()
    .default(false)
    .meta({ description: "Boot without it when it cannot be mounted within its `device-timeout`." }),
  "device-timeout": duration.optional().meta({
    description:
      "How long to wait for the device. The clock stands still while a pass phrase is typed. Default: `stage-one.device-timeout`.",
    example: "30s",
    instead: ["timeout"],
  }),
});
export type DeclaredFilesystem = z.output<typeof filesystem>;
