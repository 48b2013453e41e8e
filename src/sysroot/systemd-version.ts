import { resolve } from "./resolve.ts";
import type { Tree } from "./tree.ts";

/**
 * The major version of a tree's systemd, told by the name of the library that all its programs share
 * (`libsystemd-shared-252.so`, since 257 also `libsystemd-core-257.so`), or by the greeting (`systemd 257 running in
 * system mode`) that the program itself holds. Undefined when the tree has none. Nothing is run.
 */
export function systemdVersion(tree: Tree): number | undefined {
  const manager = resolve(tree, "/usr/lib/systemd/systemd");
  const program = manager.found ? manager : resolve(tree, "/lib/systemd/systemd");
  if (!program.found || program.stat.type !== "file") return undefined;
  return versionByName(tree) ?? versionByText(tree, program.path, program.stat.size);
}

function versionByName(tree: Tree): number | undefined {
  const directories = ["/usr/lib", "/usr/lib64", "/lib", "/lib64"];
  // Debian keeps it in a directory of the architecture: /usr/lib/x86_64-linux-gnu/systemd.
  const multiarch = tree
    .list("/usr/lib")
    .filter((name) => name.includes("-linux-"))
    .map((name) => `/usr/lib/${name}`);
  const versions = [...directories, ...multiarch].flatMap((directory) => {
    const found = resolve(tree, `${directory}/systemd`);
    return found.found ? tree.list(found.path).flatMap(versionIn) : [];
  });
  return versions.length === 0 ? undefined : Math.max(...versions);
}

/** Distributions append their own version: `libsystemd-shared-257.4-3.fc42.so`. */
function versionIn(name: string): readonly number[] {
  const version = /^libsystemd-(?:shared|core)-(\d{2,4})(?:[.~-].*)?\.so$/.exec(name)?.[1];
  return version === undefined ? [] : [Number(version)];
}

/** For a systemd that is linked statically with its library. */
function versionByText(tree: Tree, path: string, size: number): number | undefined {
  const text = Buffer.from(tree.readAt(path, 0, Math.min(size, 16 * 1024 * 1024))).toString("latin1");
  const version = /\0systemd (\d{2,4})[\w.~+-]* running in /.exec(text)?.[1];
  return version === undefined ? undefined : Number(version);
}
