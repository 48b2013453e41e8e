import { resolve, type Resolution } from "./resolve.ts";
import type { Tree } from "./tree.ts";

export type ProgramSearch =
  | {
      readonly found: true;
      /** The path it is known by, which may be a link: `/usr/bin/sh`. */
      readonly path: string;
      readonly resolution: Extract<Resolution, { found: true }>;
    }
  | {
      readonly found: false;
      /** The paths that were tried, and the first that stood there but is no program. */
      readonly looked: readonly string[];
      readonly notExecutable: string | undefined;
    };

/**
 * A program of the tree by name, in the usual directories, or by absolute path. A program is a regular file that
 * someone may execute; a link to one counts, and `path` is then the link's.
 */
export function findProgram(
  tree: Tree,
  nameOrPath: string,
  directories: readonly string[] = programDirectories,
): ProgramSearch {
  const looked = candidates(nameOrPath, directories);
  let notExecutable: string | undefined;
  for (const path of looked) {
    const resolution = resolve(tree, path);
    if (!resolution.found) continue;
    const { type, mode } = resolution.stat;
    if (type === "file" && (mode & 0o111) !== 0) return { found: true, path, resolution };
    notExecutable ??= path;
  }
  return { found: false, looked, notExecutable };
}

function candidates(nameOrPath: string, directories: readonly string[]): readonly string[] {
  if (nameOrPath.startsWith("/")) return [nameOrPath];
  if (nameOrPath === "" || nameOrPath === "." || nameOrPath === ".." || nameOrPath.includes("/")) return [];
  return directories.map((directory) => `${directory}/${nameOrPath}`);
}

/** What systemd sets as $PATH in an initrd, and thus where scripts find programs by name. */
export const pathDirectories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"] as const;

/** Also the places of programs that only other programs start. */
const programDirectories = [
  "/usr/sbin",
  "/usr/bin",
  "/sbin",
  "/bin",
  "/usr/lib/systemd",
  "/lib/systemd",
  "/usr/lib/udev",
  "/lib/udev",
  "/usr/libexec",
  "/usr/lib/systemd/system-generators",
  "/usr/local/sbin",
  "/usr/local/bin",
] as const;
