import type { Stat, Tree } from "./tree.ts";

/** A link that was followed, and its target as written. */
export interface WalkedLink {
  readonly path: string;
  readonly target: string;
}

export type Resolution =
  | {
      readonly found: true;
      /** The path with every link followed; what stands there is no link. */
      readonly path: string;
      readonly stat: Stat;
      readonly links: readonly WalkedLink[];
    }
  | {
      readonly found: false;
      readonly because: Unresolved;
      /** Where it ended: the missing path, the file in the place of a directory, or the link that cannot be followed. */
      readonly where: string;
      readonly links: readonly WalkedLink[];
    };

export type Unresolved = "missing" | "loop" | "not-a-directory" | "leaves-tree";

/**
 * Follows every link of an absolute path as the kernel would after chroot(2) into the tree: absolute targets start at
 * the tree's root, and at most 40 links are followed (path_resolution(7)). A `..` in `path` stays at the root, but a
 * link whose target climbs above the root is answered with "leaves-tree": where the tree is a directory of another
 * machine, it was meant to point elsewhere.
 */
export function resolve(tree: Tree, path: string): Resolution {
  const links: WalkedLink[] = [];
  const pending = components(path, undefined);
  let here = "";

  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.name === "..") {
      if (here === "" && next.link !== undefined) return failed("leaves-tree", next.link, links);
      here = here.slice(0, Math.max(0, here.lastIndexOf("/")));
      continue;
    }
    const entry = `${here}/${next.name}`;
    const stat = tree.lstat(entry);
    if (stat === undefined) return failed("missing", entry, links);
    if (stat.type === "symlink") {
      if (links.length === mostLinks) return failed("loop", entry, links);
      const target = tree.readlink(entry);
      links.push({ path: entry, target });
      if (target === "") return failed("missing", entry, links);
      if (target.startsWith("/")) here = "";
      pending.push(...components(target, entry));
    } else {
      if (stat.type !== "directory" && pending.length > 0) return failed("not-a-directory", entry, links);
      here = entry;
    }
  }

  const real = here === "" ? "/" : here;
  const stat = tree.lstat(real);
  return stat === undefined ? failed("missing", real, links) : { found: true, path: real, stat, links };
}

/** MAXSYMLINKS of the kernel. */
const mostLinks = 40;

interface Component {
  readonly name: string;
  /** The link whose target it comes from. */
  readonly link: string | undefined;
}

/** Last component first, so that the next one is popped. */
function components(path: string, link: string | undefined): Component[] {
  return path
    .split("/")
    .filter((name) => name !== "" && name !== ".")
    .map((name) => ({ name, link }))
    .reverse();
}

function failed(because: Unresolved, where: string, links: readonly WalkedLink[]): Resolution {
  return { found: false, because, where, links };
}

/** For messages: why a path could not be resolved, as the end of a sentence. */
export function unresolvedPhrase(resolution: Extract<Resolution, { found: false }>): string {
  const { where } = resolution;
  switch (resolution.because) {
    case "missing":
      return `${where} does not exist`;
    case "loop":
      return `${where} is a link in a loop`;
    case "not-a-directory":
      return `${where} is not a directory`;
    case "leaves-tree":
      return `the link ${where} points out of the tree`;
  }
}
