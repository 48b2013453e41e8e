import { mountHolding, parentOf } from "./place.ts";
import type { DeclaredFilesystem } from "./declared.ts";

/** Paths of the real system that a file system is made of: each has to be there before it is mounted. */
export function pathsBelow(declared: DeclaredFilesystem): readonly string[] {
  const { source, lower, upper, work } = declared;
  const image = declared["copy-to-ram"] ? undefined : declared.image;
  return [source, image, ...(lower ?? []), upper, work].filter((path) => path !== undefined);
}

/** The declared mounts that one lies on or in. */
export function mountsBelow(path: string, declared: DeclaredFilesystem, all: readonly string[]): readonly string[] {
  // An overlay over a directory, or a bind mount of one, may lie on that directory itself.
  const others = all.filter((other) => other !== path);
  const places = [...(path === "/" ? [] : [parentOf(path)]), ...pathsBelow(declared)];
  return [...new Set(places.flatMap((place) => mountHolding(place, others) ?? []))].filter((mount) => mount !== path);
}

/** Whether on a mount lie only images that are copied to memory: nothing needs it afterwards. */
export function isOnlyCopied(path: string, all: Readonly<Record<string, DeclaredFilesystem>>): boolean {
  const names = Object.keys(all);
  const copied = Object.values(all).filter(
    ({ image, "copy-to-ram": isCopied }) => isCopied && image !== undefined && mountHolding(image, names) === path,
  );
  const users = Object.entries(all).filter(([other, one]) => mountsBelow(other, one, names).includes(path));
  return copied.length === 1 && users.length === 0;
}
