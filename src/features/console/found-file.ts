import { resolve } from "../../sysroot/resolve.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Input } from "../feature.ts";

/** A file for the console: where it will lie in the image, and what brings it there. */
export interface FoundFile {
  readonly path: string;
  readonly takes: readonly Requirement[];
}

/** Reads a file of the sysroot, unpacked when its name says that it is packed. */
export function readUnpacked(path: string, input: Input): Uint8Array | undefined {
  const found = resolve(input.sysroot, path);
  if (!found.found || found.stat.type !== "file") return undefined;
  const bytes = input.sysroot.readAt(found.path, 0, found.stat.size);
  return path.endsWith(".gz") ? input.gunzip(bytes) : bytes;
}

/** All files below the given directories of the sysroot, in byte order of their paths. */
export function filesBelow(directories: readonly string[], input: Input): readonly string[] {
  const files: string[] = [];
  const walk = (directory: string, depth: number): void => {
    for (const name of input.sysroot.list(directory)) {
      const path = `${directory}/${name}`;
      const type = input.sysroot.lstat(path)?.type;
      if (type === "directory" && depth < 6) walk(path, depth + 1);
      if (type === "file" || type === "symlink") files.push(path);
    }
  };
  for (const directory of directories) {
    const found = resolve(input.sysroot, directory);
    if (found.found && found.stat.type === "directory") walk(found.path, 0);
  }
  return [...new Set(files)];
}
