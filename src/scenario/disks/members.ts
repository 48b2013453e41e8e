import { bytesInside, placePartitions } from "./placement.ts";
import { isContainer, type Content, type Disk, type Member } from "./layout.ts";
import { bytesOf } from "./size.ts";
import { arrayBytes, spanningOf, type Layout, type Spanning } from "./spanning.ts";

/** Where a member stands: on whose whole, partition or volume, and how many bytes it has there. */
export interface PlacedMember {
  /** The name of the disk, array or volume group. */
  readonly owner: string;
  /** The place there, as in `Spot`. */
  readonly place: string;
  readonly bytes: number;
  readonly member: Member;
}

/** A content where it is declared; `path` leads to it from the layout. */
export interface Held {
  readonly owner: string;
  readonly place: string;
  readonly content: Content;
  readonly path: readonly (string | number)[];
}

/** Every outermost content of a layout. */
export function heldContents(layout: Layout): readonly Held[] {
  return [
    ...layout.disk.flatMap((disk, index) => heldByDisk(disk, ["disk", index])),
    ...(layout.array ?? []).flatMap((array, index) => heldByDisk(array, ["array", index])),
    ...(layout["volume-group"] ?? []).flatMap((group, index) =>
      group.volume.flatMap(({ name, content }, nth) =>
        content === undefined
          ? []
          : [{ owner: group.name, place: name, content, path: ["volume-group", index, "volume", nth, "content"] }],
      ),
    ),
  ];
}

function heldByDisk(disk: Omit<Disk, "size">, path: readonly (string | number)[]): readonly Held[] {
  const whole: readonly Held[] =
    disk.content === undefined
      ? []
      : [{ owner: disk.name, place: "disk", content: disk.content, path: [...path, "content"] }];
  const parts = (disk.partition ?? []).flatMap(({ content }, index): readonly Held[] =>
    content === undefined
      ? []
      : [{ owner: disk.name, place: `${index + 1}`, content, path: [...path, "partition", index, "content"] }],
  );
  return [...whole, ...parts];
}

/** The names of what the contents of an owner are members of. */
export function spannedBy(owner: string, layout: Layout): readonly string[] {
  return heldContents(layout)
    .filter((held) => held.owner === owner)
    .flatMap(({ content }) => membersIn(content).map(({ of }) => of));
}

function membersIn(content: Content): readonly Member[] {
  if (isContainer(content)) return membersIn(content.content);
  return content.type === "member" ? [content] : [];
}

/** The members of one array, volume group or pool, in the order of their declaration. The layout has no circles. */
export function membersOf(name: string, layout: Layout): readonly PlacedMember[] {
  return heldContents(layout).flatMap(({ owner, place, content }) =>
    membersIn(content).some(({ of }) => of === name)
      ? descend(content, owner, place, holeBytes(owner, place, layout)).filter(({ member }) => member.of === name)
      : [],
  );
}

function descend(content: Content, owner: string, place: string, bytes: number): readonly PlacedMember[] {
  if (isContainer(content))
    return descend(content.content, owner, `${place}-${content.type}`, bytesInside(content, bytes));
  return content.type === "member" ? [{ owner, place, bytes, member: content }] : [];
}

/** The bytes of a disk, a partition or a volume. */
function holeBytes(owner: string, place: string, layout: Layout): number {
  const disk = layout.disk.find(({ name }) => name === owner);
  if (disk !== undefined) return bytesOnDisk(disk, place);
  const spanning = spanningOf(layout).get(owner);
  if (spanning?.is === "array") return bytesOnDisk(asDisk(spanning, layout), place);
  if (spanning?.is !== "volume-group") return 0;
  return bytesOf(spanning.volume.find(({ name }) => name === place)?.size ?? "0");
}

function bytesOnDisk(disk: Disk, place: string): number {
  return place === "disk" ? bytesOf(disk.size) : (placePartitions(disk)[Number(place) - 1]?.bytes ?? 0);
}

/** An array as the disk that it is to those above it. */
export function asDisk(array: Extract<Spanning, { is: "array" }>, layout: Layout): Disk {
  const members = membersOf(array.name, layout).map(({ bytes }) => bytes);
  const { name, table, partition, content } = array;
  return {
    name,
    size: String(members.length === 0 ? 0 : arrayBytes(array, members)),
    table,
    "table-uuid": array["table-uuid"],
    partition,
    content,
  };
}
