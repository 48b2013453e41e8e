import type { Report } from "../diagnostics/diagnostic.ts";
import { parentOf, pathFault } from "./image-path.ts";
import { linkMap, settleLinks } from "./link-map.ts";
import type { LinkMap } from "./link-map.ts";
import { layerNames } from "./manifest.ts";
import type { Content, Entry, Manifest } from "./manifest.ts";
import { entryFault, noDirectory, refusedPath, tangledLinks } from "./manifest-fault.ts";
import { mergeEntries, sameBytes } from "./merge-entries.ts";
import { pathOrder } from "./path-order.ts";

/** An entry to add; it belongs to root unless it says otherwise. */
export type Addition = Entry extends infer E ? (E extends Entry ? RootOwned<E> : never) : never;
type RootOwned<E extends Entry> = Omit<E, "uid" | "gid"> & { readonly uid?: number; readonly gid?: number };

export interface ManifestBuilder {
  /** Paths may lead through links of the manifest, whichever was added first: the entry lands at its real place. */
  add(addition: Addition): void;
  /** Where `path` is in the image, as far as the links added until now say; a last component that is a link stays. */
  canonical(path: string): string;
  /** Whether something was added at this place; parents that nobody added do not count. */
  has(path: string): boolean;
  /** Reports what does not fit together, and returns the rest: each path once, with its parents, in byte order. */
  done(): Manifest;
}

/**
 * Collects what goes into an image. What is added twice alike is one entry that knows both reasons; what differs is
 * reported (U400). Missing parent directories are made, 0755 and root's, with the reasons of what lies in them.
 *
 * @param sameContent whether two contents are the same bytes. The default cannot read a sysroot: two files of it are
 *   the same when their paths are.
 */
export function manifestBuilder(
  report: Report,
  sameContent: (a: Content, b: Content) => boolean = sameBytes,
): ManifestBuilder {
  const additions: Entry[] = [];
  let places: { readonly links: LinkMap; readonly taken: Set<string> } | undefined;

  function current(): NonNullable<typeof places> {
    if (places === undefined) {
      const links = linkMap(linksOf(additions));
      places = { links, taken: new Set(additions.map((entry) => placeOf(links, entry.path))) };
    }
    return places;
  }

  return {
    add(addition) {
      const entry: Entry = { ...addition, uid: addition.uid ?? 0, gid: addition.gid ?? 0 };
      const fault = entryFault(entry);
      if (fault !== undefined) {
        report(fault);
        return;
      }
      if (entry.path === "/") return;
      additions.push(entry);
      if (entry.type === "symlink") places = undefined;
      else places?.taken.add(placeOf(places.links, entry.path));
    },
    canonical: (path) => placeOf(current().links, path),
    has: (path) => current().taken.has(placeOf(current().links, path)),
    done: () => assemble(additions, report, sameContent),
  };
}

function placeOf(links: LinkMap, path: string): string {
  if (pathFault(path) !== undefined) throw new Error(`${JSON.stringify(path)} ${pathFault(path) ?? ""}`);
  const place = links.place(path);
  return place.is === "at" ? place.path : path;
}

function assemble(
  additions: readonly Entry[],
  report: Report,
  sameContent: (a: Content, b: Content) => boolean,
): Manifest {
  const links = linkMap(linksOf(additions));
  const byPath = new Map<string, Entry>();
  const placed = additions
    .map((entry) => settle(links, entry, report))
    .filter((entry) => entry !== undefined)
    .sort((a, b) => pathOrder(a.path, b.path));

  for (const entry of placed) {
    if (lacksDirectory(byPath, entry, report)) continue;
    const there = byPath.get(entry.path);
    byPath.set(entry.path, there === undefined ? entry : mergeEntries(there, entry, sameContent, report));
  }
  return { entries: withParents([...byPath.values()]) };
}

function linksOf(additions: readonly Entry[]): ReadonlyMap<string, string> {
  return settleLinks(additions.flatMap((entry) => (entry.type === "symlink" ? [[entry.path, entry.target]] : [])));
}

/** A directory is wanted where its name leads, even through a last link; anything else stands at its own name. */
function settle(links: LinkMap, entry: Entry, report: Report): Entry | undefined {
  const place = entry.type === "directory" ? links.follow(entry.path) : links.place(entry.path);
  if (place.is === "loop") {
    report(tangledLinks(entry, place.loopAt));
    return undefined;
  }
  if (place.path === "/") return undefined;
  // Following links can make a path longer than it may be.
  const fault = pathFault(place.path);
  if (fault !== undefined) {
    report(refusedPath(entry, place.path, fault));
    return undefined;
  }
  return place.path === entry.path ? entry : { ...entry, path: place.path };
}

/** Entries come in byte order, so whatever stands above this one is known already. */
function lacksDirectory(byPath: ReadonlyMap<string, Entry>, entry: Entry, report: Report): boolean {
  for (let above = parentOf(entry.path); above !== "/"; above = parentOf(above)) {
    const there = byPath.get(above);
    if (there === undefined || there.type === "directory") continue;
    report(noDirectory(entry, there));
    return true;
  }
  return false;
}

function withParents(entries: readonly Entry[]): readonly Entry[] {
  const explicit = new Set(entries.map((entry) => entry.path));
  const made = new Map<string, Entry>();
  for (const entry of entries) {
    for (let path = parentOf(entry.path); path !== "/" && !explicit.has(path); path = parentOf(path)) {
      const parent = made.get(path);
      made.set(path, parent === undefined ? parentFor(path, entry) : shareParent(parent, entry));
    }
  }
  return [...entries, ...made.values()].sort((a, b) => pathOrder(a.path, b.path));
}

function parentFor(path: string, child: Entry): Entry {
  return { type: "directory", path, layer: child.layer, mode: 0o755, uid: 0, gid: 0, why: child.why.slice(0, 1) };
}

/** The first reason of the first child is enough to explain a directory; a layer may be reached by several. */
function shareParent(parent: Entry, child: Entry): Entry {
  return layerNames.indexOf(child.layer) < layerNames.indexOf(parent.layer)
    ? { ...parent, layer: child.layer }
    : parent;
}
