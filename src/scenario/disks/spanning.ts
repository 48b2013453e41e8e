import * as z from "zod";
import { contentSchema, partition, plainName, poolShape, uuid, type Btrfs, type Content, type Disk } from "./layout.ts";
import { MiB, bytesOf, size } from "./size.ts";

/**
 * What a scenario makes its machine's storage of: disks, and what lies on several members. A member is a content, so it
 * may stand on a disk, in a partition, inside LUKS, or in another of these: an array of partitions that holds a volume
 * group, whose volumes are encrypted.
 */
export interface Layout {
  readonly disk: readonly Disk[];
  readonly array?: readonly ArrayOfDisks[] | undefined;
  readonly "volume-group"?: readonly VolumeGroup[] | undefined;
  readonly pool?: readonly Pool[] | undefined;
}

/** An md array, mdadm(8); what it holds is declared as for a disk. */
export interface ArrayOfDisks extends Omit<Disk, "size"> {
  readonly level: 0 | 1 | 4 | 5 | 6 | 10;
  readonly metadata: "0.90" | "1.0" | "1.1" | "1.2";
  readonly uuid?: string | undefined;
  readonly homehost: string;
}

/** A volume group of LVM; its thin volumes lie in one pool. */
export interface VolumeGroup {
  readonly name: string;
  readonly "thin-pool"?: { readonly name: string; readonly size: string } | undefined;
  readonly volume: readonly Volume[];
}

export interface Volume {
  readonly name: string;
  readonly size: string;
  readonly thin: boolean;
  readonly content?: Content | undefined;
}

/** A btrfs over several devices. */
export interface Pool extends Omit<Btrfs, "type"> {
  readonly name: string;
  readonly profile: "raid0" | "raid1" | "raid10" | "single";
}

export type Spanning =
  | ({ readonly is: "array" } & ArrayOfDisks)
  | ({ readonly is: "volume-group" } & VolumeGroup)
  | ({ readonly is: "pool" } & Pool);

const levels = z.union([z.literal(0), z.literal(1), z.literal(4), z.literal(5), z.literal(6), z.literal(10)]);

/** A word of mdadm(8) and lvm(8): the names below /dev are made from it. */
const groupName = plainName.refine((text) => text.length <= 24, "a name here has at most 24 characters");

export const arraySchema: z.ZodType<ArrayOfDisks> = z.strictObject({
  name: groupName.meta({ description: "Also the name in its metadata, from version 1 on" }),
  level: levels,
  metadata: z.enum(["0.90", "1.0", "1.1", "1.2"]).default("1.2"),
  uuid: uuid.optional().meta({ description: "Of the array" }),
  homehost: plainName.default("any").meta({ description: "The machine it says it belongs to; `any`: to all" }),
  table: z.literal("gpt").optional(),
  "table-uuid": uuid.optional(),
  partition: z.array(partition).min(1).max(128).optional(),
  content: contentSchema.optional(),
});

export const volumeGroupSchema: z.ZodType<VolumeGroup> = z.strictObject({
  name: groupName,
  "thin-pool": z.strictObject({ name: groupName, size }).optional(),
  volume: z
    .array(
      z.strictObject({
        name: groupName,
        size,
        thin: z.boolean().default(false).meta({ description: "In the thin pool" }),
        content: contentSchema.optional(),
      }),
    )
    .min(1),
});

export const poolSchema: z.ZodType<Pool> = z.strictObject({
  name: groupName,
  profile: z.enum(["raid0", "raid1", "raid10", "single"]).default("raid1"),
  ...poolShape,
});

/** All that lies on several members, by name. */
export function spanningOf(layout: Layout): ReadonlyMap<string, Spanning> {
  return new Map<string, Spanning>([
    ...(layout.array ?? []).map((one): [string, Spanning] => [one.name, { is: "array", ...one }]),
    ...(layout["volume-group"] ?? []).map((one): [string, Spanning] => [one.name, { is: "volume-group", ...one }]),
    ...(layout.pool ?? []).map((one): [string, Spanning] => [one.name, { is: "pool", ...one }]),
  ]);
}

/** The bytes that an array of members of so many bytes offers, a little less than it could: its metadata takes 2 MiB. */
export function arrayBytes({ level }: Pick<ArrayOfDisks, "level">, members: readonly number[]): number {
  return arrayMemberBytes(members) * dataMembers(level, members.length);
}

/** The bytes of each member that an array uses. */
export function arrayMemberBytes(members: readonly number[]): number {
  return Math.max(0, (Math.floor(Math.min(...members) / MiB) - 2) * MiB);
}

/** How many members' worth of data an array holds. */
function dataMembers(level: ArrayOfDisks["level"], members: number): number {
  switch (level) {
    case 0:
      return members;
    case 1:
      return 1;
    case 4:
    case 5:
      return members - 1;
    case 6:
      return members - 2;
    case 10:
      return members / 2;
  }
}

/** How few members an array can be made of. */
export function leastMembers(level: ArrayOfDisks["level"]): number {
  return level === 6 ? 4 : level === 4 || level === 5 ? 3 : 2;
}

/** The bytes that the volumes of a group take, and those that its members offer: whole extents of 4 MiB. */
export function groupRoom(group: VolumeGroup, members: readonly number[]): { wanted: number; offered: number } {
  const whole = (text: string): number => Math.ceil(bytesOf(text) / extent) * extent;
  const pool = group["thin-pool"];
  // The pool's metadata, and as much again to mend it with.
  const thin = pool === undefined ? 0 : whole(pool.size) + 2 * extent;
  const thick = group.volume.filter((volume) => !volume.thin).reduce((sum, { size }) => sum + whole(size), 0);
  return {
    wanted: thin + thick,
    offered: members.reduce((sum, bytes) => sum + Math.max(0, Math.floor((bytes - MiB) / extent)) * extent, 0),
  };
}

const extent = 4 * MiB;
