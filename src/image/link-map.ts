import { joinPath, parentOf } from "./image-path.ts";

/** Follows the links of an image that is still being put together. */
export interface LinkMap {
  /** Where `path` really is: every directory on the way followed, the last component taken literally. */
  place(path: string): Place;
  /** As `place`, and the last component followed too. */
  follow(path: string): Place;
}

/** `loopAt` names a link that leads to itself. */
export type Place = { readonly is: "at"; readonly path: string } | { readonly is: "loop"; readonly loopAt: string };

/**
 * `links` maps canonical paths of links to their targets. A target may leave upwards: `..` of the root is the root,
 * as in path_resolution(7). What is no link is taken for a directory.
 */
export function linkMap(links: ReadonlyMap<string, string>): LinkMap {
  const directories = new Map<string, Place>();

  function follow(path: string): Place {
    if (links.size === 0 || path === "/") return { is: "at", path };
    const known = directories.get(path);
    if (known !== undefined) return known;
    const found = walk(links, path);
    directories.set(path, found);
    return found;
  }

  return {
    follow,
    place(path) {
      if (path === "/") return { is: "at", path };
      const directory = follow(parentOf(path));
      if (directory.is === "loop") return directory;
      return { is: "at", path: joinPath(directory.path, path.slice(path.lastIndexOf("/") + 1)) };
    },
  };
}

/** Where links lead whose own paths may lie below other links; in whatever order they were added. */
export function settleLinks(links: Iterable<readonly [path: string, target: string]>): ReadonlyMap<string, string> {
  const raw = [...links];
  let settled = new Map<string, string>();
  // Each round settles at least the links one level deeper; a chain longer than the kernel's limit is a loop anyway.
  for (let round = 0; round < maximumLinks; round++) {
    const map = linkMap(settled);
    const next = new Map<string, string>();
    for (const [path, target] of raw) {
      const place = map.place(path);
      next.set(place.is === "at" ? place.path : path, target);
    }
    if (sameMap(settled, next)) break;
    settled = next;
  }
  return settled;
}

/** The kernel gives up with ELOOP after as many (path_resolution(7)). */
const maximumLinks = 40;

function walk(links: ReadonlyMap<string, string>, path: string): Place {
  const rest = path.split("/").reverse();
  let at = "/";
  let followed = 0;
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    if (name === "" || name === ".") continue;
    if (name === "..") {
      at = parentOf(at);
      continue;
    }
    const next = joinPath(at, name);
    const target = links.get(next);
    if (target === undefined) {
      at = next;
      continue;
    }
    followed++;
    if (followed > maximumLinks) return { is: "loop", loopAt: next };
    if (target.startsWith("/")) at = "/";
    rest.push(...target.split("/").reverse());
  }
  return { is: "at", path: at };
}

function sameMap(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}
