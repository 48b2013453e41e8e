import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Tree } from "../sysroot/tree.ts";

/** Writes a tree to an empty directory: directories, files and links. */
export function plantTree(tree: Tree, directory: string, path = "/"): void {
  for (const name of tree.list(path)) {
    const here = path === "/" ? `/${name}` : `${path}/${name}`;
    const stat = tree.lstat(here);
    const target = join(directory, here);
    if (stat?.type === "symlink") symlinkSync(tree.readlink(here), target);
    else if (stat?.type === "directory") {
      mkdirSync(target);
      plantTree(tree, directory, here);
      chmodSync(target, stat.mode);
    } else if (stat?.type === "file") writeFileSync(target, tree.readAt(here, 0, stat.size), { mode: stat.mode });
  }
}
