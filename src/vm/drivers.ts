import type { Tree } from "../sysroot/tree.ts";

/**
 * The files of the drivers that a virtio-serial port needs with this kernel, each after those it needs, from
 * modules.dep(5). `modules` is the absolute path of the kernel's directory in the tree, with no link in it. Empty when
 * they are built in, or the tree does not hold them.
 */
export function portDrivers(tree: Tree, modules: string): readonly string[] {
  const lines = textOf(tree, `${modules}/modules.dep`).split("\n");
  const ordered = ["virtio_pci", "virtio_mmio", "virtio_console"].flatMap((name) => {
    const line = lines.find((one) => new RegExp(`/${name}\\.ko(\\.[a-z0-9]+)?:`).test(one));
    if (line === undefined) return [];
    const [own = "", needed = ""] = line.split(": ");
    // modules.dep lists what a module needs so that the last is to be loaded first.
    return [
      ...needed
        .split(" ")
        .filter((path) => path !== "")
        .reverse(),
      own.replace(/:$/, ""),
    ];
  });
  return [...new Set(ordered)].filter(isPlain).map((path) => `${modules}/${path}`);
}

function textOf(tree: Tree, path: string): string {
  const stat = tree.lstat(path);
  return stat?.type === "file" ? Buffer.from(tree.readAt(path, 0, stat.size)).toString("latin1") : "";
}

/** A path that stays below its directory. */
function isPlain(path: string): boolean {
  return !path.startsWith("/") && path.split("/").every((name) => name !== "" && name !== "." && name !== "..");
}
