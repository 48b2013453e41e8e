import type { Reason, Why } from "../image/manifest.ts";
import { byteOrder } from "./byte-order.ts";
import type { Stat } from "./tree.ts";

/** Files of a tree, each with the reasons it was taken for. Links stay links; what they lead to is there as well. */
export interface FileSet {
  /** By real path, in byte order. Directories only where one was asked for as a whole. */
  readonly files: ReadonlyMap<string, { readonly stat: Stat; readonly why: readonly Why[] }>;
  readonly links: ReadonlyMap<string, { readonly target: string; readonly why: readonly Why[] }>;
}

export interface FileSetBuilder {
  file(path: string, stat: Stat, why: Why): void;
  link(path: string, target: string, why: Why): void;
  /** True when the path was taken before, as a file or as a link. */
  has(path: string): boolean;
  finish(): FileSet;
}

/** Collects a `FileSet`. Of many reasons for one file a few are kept, the shortest chains first. */
export function fileSetBuilder(): FileSetBuilder {
  const files = new Map<string, { stat: Stat; why: Why[] }>();
  const links = new Map<string, { target: string; why: Why[] }>();
  return {
    file: (path, stat, why) => {
      const before = files.get(path);
      if (before === undefined) files.set(path, { stat, why: [why] });
      else addReason(before.why, why);
    },
    link: (path, target, why) => {
      const before = links.get(path);
      if (before === undefined) links.set(path, { target, why: [why] });
      else addReason(before.why, why);
    },
    has: (path) => files.has(path) || links.has(path),
    finish: () => ({ files: sorted(files), links: sorted(links) }),
  };
}

/** More help nobody, and libc would have hundreds. */
const mostReasons = 4;

function addReason(reasons: Why[], why: Why): void {
  const longest = reasons.at(-1);
  if (reasons.length >= mostReasons && longest !== undefined && longest.length <= why.length) return;
  if (reasons.some((reason) => isSame(reason, why))) return;
  const place = reasons.findIndex((reason) => reason.length > why.length);
  reasons.splice(place === -1 ? reasons.length : place, 0, why);
  if (reasons.length > mostReasons) reasons.pop();
}

function isSame(one: Why, other: Why): boolean {
  return one.length === other.length && one.every((reason, index) => isSameReason(reason, other[index]));
}

function isSameReason(one: Reason, other: Reason | undefined): boolean {
  return (
    one.what === other?.what &&
    one.origin?.file === other.origin?.file &&
    one.origin?.line === other.origin?.line &&
    one.origin?.column === other.origin?.column
  );
}

function sorted<T>(map: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  return new Map([...map].sort(([a], [b]) => byteOrder(a, b)));
}
