import { byteOrder } from "./byte-order.ts";
import { matchesPattern } from "./module-pattern.ts";
import { resolve } from "./resolve.ts";
import type { Tree } from "./tree.ts";

/**
 * The directories that /etc/ld.so.conf names, in its order, with what it includes; see ldconfig(8). Empty when there
 * is no such file. Paths are as written; directories that do not exist are among them.
 */
export function loaderConfiguration(tree: Tree): readonly string[] {
  const directories = new Set<string>();
  const seen = new Set<string>();

  const readConfiguration = (path: string): void => {
    const text = readText(tree, path, seen);
    if (text === undefined) return;
    for (const line of text.split("\n")) {
      const words = line.replace(/#.*/, "").trim();
      const include = /^include\s+(.*)$/.exec(words)?.[1];
      if (include !== undefined) {
        for (const pattern of include.split(/\s+/)) {
          const absolute = pattern.startsWith("/") ? pattern : `${path.slice(0, path.lastIndexOf("/"))}/${pattern}`;
          for (const match of matches(tree, absolute)) readConfiguration(match);
        }
      } else if (words.startsWith("/")) {
        // `=libc6` and the like told old versions of glibc what is in there.
        directories.add(words.replace(/=\w*$/, "").replace(/(?<=.)\/+$/, ""));
      }
    }
  };

  readConfiguration("/etc/ld.so.conf");
  return [...directories];
}

/** Small text files only, and each once, so that files including each other end. */
function readText(tree: Tree, path: string, seen: Set<string>): string | undefined {
  const found = resolve(tree, path);
  if (!found.found || found.stat.type !== "file" || seen.has(found.path) || seen.size >= 1000) return undefined;
  seen.add(found.path);
  return Buffer.from(tree.readAt(found.path, 0, 64 * 1024)).toString();
}

/** The paths of the tree that match a glob(7) pattern, in byte order. */
function matches(tree: Tree, pattern: string): readonly string[] {
  let paths = [""];
  for (const part of pattern.split("/").filter((name) => name !== "")) {
    if (!/[*?[]/.test(part)) {
      paths = paths.map((path) => `${path}/${part}`);
      continue;
    }
    paths = paths.flatMap((path) => {
      const directory = resolve(tree, path === "" ? "/" : path);
      if (!directory.found) return [];
      const names = tree.list(directory.path).filter((name) => isVisible(name, part) && matchesPattern(part, name));
      return names.map((name) => `${path}/${name}`);
    });
  }
  return paths.filter((path) => resolve(tree, path).found).sort(byteOrder);
}

/** A leading dot is matched only by a dot. */
function isVisible(name: string, pattern: string): boolean {
  return !name.startsWith(".") || pattern.startsWith(".");
}
