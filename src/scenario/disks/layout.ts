import * as z from "zod";
import { absolutePath, payloadShape, type Payload } from "./payload.ts";
import { size } from "./size.ts";

/**
 * What a disk consists of, from the outside in: a disk holds one content or a table of partitions, each partition one
 * content, and a container (LUKS) another one. What spans several disks (an array, a volume group, a pool) stands beside
 * the disks under a name (spanning.ts), and the disks hold members of it: nesting alone cannot say it.
 */
export interface Disk {
  readonly name: string;
  readonly interface?: DiskInterface | undefined;
  readonly size: string;
  readonly table?: "gpt" | undefined;
  readonly "table-uuid"?: string | undefined;
  readonly partition?: readonly Partition[] | undefined;
  readonly content?: Content | undefined;
}

/** Through what the guest sees a disk; `scsi` is that of virtio. */
const interfaces = ["virtio", "scsi", "nvme", "ahci", "usb"] as const;
export type DiskInterface = (typeof interfaces)[number];

export interface Partition {
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  readonly uuid?: string | undefined;
  readonly size?: string | undefined;
  readonly content?: Content | undefined;
}

/** A file system in a file of another. */
export interface ImageFile {
  readonly size: string;
  readonly content: Content;
}

export interface Ext4 extends z.infer<typeof plainExt4> {
  readonly images?: Readonly<Record<string, ImageFile>> | undefined;
}

/** What holds another content. */
export type Container = Luks | Verity | Integrity;

export type Content = Container | Btrfs | Ext4 | z.infer<typeof plainContents>[number];

/** A part of what lies on several disks. */
export type Member = Extract<Content, { type: "member" }>;

export interface Luks {
  readonly type: "luks";
  readonly version: 1 | 2;
  readonly uuid?: string | undefined;
  readonly label?: string | undefined;
  readonly keys: readonly Key[];
  readonly pbkdf: "pbkdf2" | "argon2id";
  readonly header?: string | undefined;
  readonly integrity?: "hmac-sha256" | undefined;
  readonly content: Content;
}

/** What dm-verity verifies; its hashes lie in a file beside the disk, and their root in NAME.roothash. */
export interface Verity {
  readonly type: "verity";
  readonly name: string;
  readonly damage?: "flipped-bit" | undefined;
  readonly content: Content;
}

/** A standalone dm-integrity. */
export interface Integrity {
  readonly type: "integrity";
  readonly algorithm: "crc32c" | "sha256";
  readonly content: Content;
}

export function isContainer(content: Content): content is Container {
  return "content" in content;
}

/** What opens a slot: typed at a prompt, or the bytes of a key file that is written beside the disk. */
export type Key = z.infer<typeof key>;

export interface Btrfs extends Payload {
  readonly type: "btrfs";
  readonly label?: string | undefined;
  readonly uuid?: string | undefined;
  readonly subvolumes?: Readonly<Record<string, Payload>> | undefined;
  readonly "default-subvolume"?: string | undefined;
}

export const uuid = z
  .string()
  .regex(
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
    "a UUID is written in lower case, 8-4-4-4-12",
  );

/** A name that appears on a command line and in file names beside the disk. */
export const plainName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,35}$/, "a name here has letters, digits, dot, dash and underscore, at most 36");

/** Labels are given to tools as one word and compared with what udev says: no control characters. */
const label = (longest: number) =>
  z
    .string()
    .regex(/^\P{Cc}+$/u, "a label has no control characters")
    .refine((text) => new TextEncoder().encode(text).length <= longest, `a label here has at most ${longest} bytes`);

const key = z.union([
  z.strictObject({ passphrase: z.string().max(512) }),
  z.strictObject({ file: plainName, text: z.string().min(1).max(8192) }),
]);

const identity = (longest: number) => ({ label: label(longest).optional(), uuid: uuid.optional() });

const plainExt4 = z.strictObject({
  type: z.literal("ext4"),
  ...identity(16),
  ...payloadShape,
  size: size.optional().meta({ description: "Of the file system, when it is smaller than its place; for growing" }),
  damage: z.enum(["mendable", "unmendable"]).optional().meta({
    description: "What fsck(8) finds: what it mends by itself (a file without an inode), or what it cannot",
  }),
});

const ext4 = plainExt4.extend({
  images: z
    .record(absolutePath, z.strictObject({ size, content: z.lazy(() => contentSchema) }))
    .optional()
    .meta({ description: "Files that each hold a content" }),
});

const plainContents = z.tuple([
  z.strictObject({ type: z.literal("xfs"), ...identity(12), ...payloadShape }),
  z.strictObject({
    type: z.literal("vfat"),
    label: label(11).optional(),
    uuid: z
      .string()
      .regex(/^[0-9A-F]{4}-[0-9A-F]{4}$/, 'the UUID of vfat is eight capital hexadecimal digits: "ABCD-1234"')
      .optional(),
    ...payloadShape,
  }),
  z.strictObject({ type: z.literal("f2fs"), ...identity(511), ...payloadShape }),
  z.strictObject({ type: z.literal("squashfs"), ...payloadShape }),
  z.strictObject({ type: z.literal("erofs"), uuid: uuid.optional(), ...payloadShape }),
  z.strictObject({
    type: z.literal("iso9660"),
    label: z
      .string()
      .regex(/^[A-Z0-9_]{1,32}$/, "the label of an iso9660 has capital letters, digits and underscores, at most 32")
      .optional(),
    ...payloadShape,
  }),
  z.strictObject({ type: z.literal("swap"), ...identity(16) }),
  z.strictObject({
    type: z.literal("image"),
    image: z
      .string()
      .min(1)
      .meta({ description: "An image to copy: a path, of one packed by zstd too, or `userland:trixie`" }),
    ...identity(16),
  }),
  z.strictObject({
    type: z.literal("member"),
    of: plainName.meta({ description: "The name of an `[[array]]`, a `[[volume-group]]` or a `[[pool]]`" }),
  }),
  z.strictObject({ type: z.literal("raw"), text: z.string() }),
  z.strictObject({
    type: z.literal("beside"),
    file: plainName.meta({ description: "A file that an earlier content of this disk left beside it" }),
  }),
  z.strictObject({ type: z.literal("empty") }),
]);

/** What a btrfs has on however many devices. */
export const poolShape = {
  ...identity(255),
  ...payloadShape,
  subvolumes: z
    .record(
      z.string().regex(/^(?!\.\.?$)[^/\p{Cc}]{1,255}$/u, "a subvolume's name has no slash"),
      z.strictObject(payloadShape),
    )
    .optional(),
  "default-subvolume": z.string().optional(),
};

const btrfs = z.strictObject({ type: z.literal("btrfs"), ...poolShape });

const luks = z.strictObject({
  type: z.literal("luks"),
  version: z.union([z.literal(1), z.literal(2)]).default(2),
  uuid: uuid.optional(),
  label: label(47).optional(),
  keys: z.array(key).min(1).max(8),
  pbkdf: z.enum(["pbkdf2", "argon2id"]).default("pbkdf2").meta({ description: "Always with the least cost" }),
  header: plainName.optional().meta({ description: "A file beside the disk that takes the header (LUKS2)" }),
  integrity: z.literal("hmac-sha256").optional().meta({ description: "Authenticated encryption (LUKS2)" }),
  content: z.lazy(() => contentSchema),
});

const verity = z.strictObject({
  type: z.literal("verity"),
  name: plainName.meta({
    description: "Files beside the disk: NAME has the hashes, NAME.roothash their root, `{roothash.NAME}` in texts",
  }),
  damage: z.literal("flipped-bit").optional().meta({ description: "In the first KiB that a mount reads" }),
  content: z.lazy(() => contentSchema),
});

const integrity = z.strictObject({
  type: z.literal("integrity"),
  algorithm: z.enum(["crc32c", "sha256"]).default("crc32c"),
  content: z.lazy(() => contentSchema),
});

export const contentSchema: z.ZodType<Content> = z.discriminatedUnion("type", [
  ext4,
  luks,
  verity,
  integrity,
  btrfs,
  ...plainContents.def.items,
]);

export const partition = z.strictObject({
  name: z
    .string()
    .regex(/^[^"\\\p{Cc}]{1,36}$/u, "the name of a partition has at most 36 characters, no quotes, no backslash")
    .optional(),
  type: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/)
    .optional()
    .meta({ description: "A GUID or an alias of sfdisk(8): linux, uefi, swap; or root, usr, home, xbootldr" }),
  uuid: uuid.optional(),
  size: size.optional().meta({ description: "Default, for the last partition only: the rest" }),
  content: contentSchema.optional(),
});

export const diskSchema: z.ZodType<Disk> = z.strictObject({
  name: plainName,
  interface: z.enum(interfaces).optional().meta({ description: "How the machine is connected to it; default virtio" }),
  size,
  table: z.literal("gpt").optional(),
  "table-uuid": uuid.optional(),
  partition: z.array(partition).min(1).max(128).optional(),
  content: contentSchema.optional(),
});
