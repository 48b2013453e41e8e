import { asDisk, heldContents, membersOf, spannedBy } from "./members.ts";
import type { LayoutMistake } from "./layout-mistake.ts";
import { inMiB } from "./size.ts";
import { groupRoom, leastMembers, spanningOf, type Layout, type Spanning } from "./spanning.ts";
import { isContainer, type Disk } from "./layout.ts";

/**
 * What is wrong with arrays, volume groups and pools as a whole. When there is nothing, `disksOfArrays` are to be looked
 * at like other disks.
 */
export function spanningMistakes(layout: Layout): readonly LayoutMistake[] {
  const spanning = spanningOf(layout);
  const mistakes: LayoutMistake[] = heldContents(layout).flatMap(({ content, path }) => {
    const [of, at] = memberOf(content, path);
    if (of === undefined || spanning.has(of)) return [];
    const hint = "declare [[array]], [[volume-group]] or [[pool]] of this name";
    return [{ code: "U811", message: `there is nothing called ${of} to be a member of`, hint, path: at }];
  });
  if (mistakes.length > 0) return mistakes;
  for (const [name, one] of spanning) {
    if (isInItself(name, layout)) {
      mistakes.push({ code: "U811", message: `${name} would lie in itself`, path: pathOf(one, layout) });
    }
  }
  return mistakes.length > 0 ? mistakes : [...spanning.values()].flatMap((one) => countMistakes(one, layout));
}

export function disksOfArrays(layout: Layout): readonly Disk[] {
  return (layout.array ?? []).map((array) => asDisk({ is: "array", ...array }, layout));
}

function memberOf(
  content: ReturnType<typeof heldContents>[number]["content"],
  path: readonly (string | number)[],
): readonly [string | undefined, readonly (string | number)[]] {
  if (isContainer(content)) return memberOf(content.content, [...path, "content"]);
  return content.type === "member" ? [content.of, [...path, "of"]] : [undefined, path];
}

function isInItself(name: string, layout: Layout): boolean {
  const seen = new Set(spannedBy(name, layout));
  for (const other of seen) for (const next of spannedBy(other, layout)) seen.add(next);
  return seen.has(name);
}

function countMistakes(one: Spanning, layout: Layout): readonly LayoutMistake[] {
  const path = pathOf(one, layout);
  const members = membersOf(one.name, layout);
  const least = one.is === "array" ? leastMembers(one.level) : 1;
  const isOdd = one.is === "array" && one.level === 10 && members.length % 2 === 1;
  if (members.length < least || isOdd) {
    const wanted = isOdd ? "an even number of members" : `${least} or more members`;
    return [{ code: "U811", message: `${one.name} takes ${wanted}, there are ${members.length}`, path }];
  }
  if (one.is !== "volume-group") return [];
  if (one["thin-pool"] === undefined && one.volume.some(({ thin }) => thin)) {
    return [{ code: "U811", message: `${one.name} has thin volumes, and no \`thin-pool\``, path }];
  }
  const { wanted, offered } = groupRoom(
    one,
    members.map(({ bytes }) => bytes),
  );
  if (wanted <= offered) return [];
  const message = `the volumes of ${one.name} take ${inMiB(wanted)}, its members have ${inMiB(offered)}`;
  return [{ code: "U653", message, hint: "LVM counts in extents of 4 MiB", path }];
}

function pathOf({ is, name }: Spanning, layout: Layout): readonly (string | number)[] {
  return [is, (layout[is] ?? []).findIndex((one) => one.name === name)];
}
