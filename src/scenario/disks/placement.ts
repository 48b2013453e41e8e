import type { Container, Content, Disk, Partition } from "./layout.ts";
import { bytesOf, MiB } from "./size.ts";

/** A partition with its place on the disk, in bytes; both are multiples of a MiB. */
export interface Placed {
  readonly partition: Partition;
  readonly start: number;
  readonly bytes: number;
}

/**
 * Where the partitions of a disk lie: one after another from the first MiB, the last MiB left to the second copy of
 * the table. Does not check that they fit; `layoutMistakes` does.
 */
export function placePartitions(disk: Disk): readonly Placed[] {
  const placed: Placed[] = [];
  const end = wholeMiB(bytesOf(disk.size)) - MiB;
  let start = MiB;
  for (const partition of disk.partition ?? []) {
    const bytes = partition.size === undefined ? end - start : Math.ceil(bytesOf(partition.size) / MiB) * MiB;
    placed.push({ partition, start, bytes });
    start += bytes;
  }
  return placed;
}

/**
 * The bytes that are left inside a container of this many bytes. LUKS is put around what exists by moving it, which takes
 * twice the header of 16 MiB.
 */
export function bytesInside(container: Container, bytes: number): number {
  if (container.type === "verity" || (container.type === "luks" && container.header !== undefined)) return bytes;
  // The tags, and a journal.
  const tags = container.type === "luks" && container.integrity !== undefined ? Math.ceil(bytes / MiB / 8) * MiB : 0;
  return bytes - 32 * MiB - tags;
}

/** The least that the tools need to make such a content in; for a container with what is in it. */
export function leastBytes(content: Content): number {
  switch (content.type) {
    case "luks":
    case "verity":
    case "integrity":
      return leastBytes(content.content) - bytesInside(content, 0);
    case "btrfs":
      return 112 * MiB;
    case "xfs":
      return 32 * MiB;
    case "f2fs":
      return 48 * MiB;
    case "ext4":
      return content.fill === "stage-two" ? 8 * MiB : MiB;
    case "vfat":
    case "swap":
    case "squashfs":
    case "erofs":
    case "iso9660":
    case "image":
      return MiB;
    case "raw":
      return new TextEncoder().encode(content.text).length;
    case "empty":
    case "beside":
      return 0;
    case "member":
      return 4 * MiB;
  }
}

function wholeMiB(bytes: number): number {
  return Math.floor(bytes / MiB) * MiB;
}
