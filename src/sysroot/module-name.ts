/**
 * The name the kernel gives a module: the file's name without suffixes, `-` as `_` (modprobe(8): "there is no
 * difference between _ and - in module names").
 */
export function moduleName(path: string): string {
  const start = path.lastIndexOf("/") + 1;
  const suffix = moduleSuffixes.find((one) => path.endsWith(one)) ?? "";
  return normalizeName(path.slice(start, path.length - suffix.length));
}

const moduleSuffixes = [".ko", ".ko.xz", ".ko.zst", ".ko.gz"];

/** How a module file is compressed, by its suffix. */
export type ModuleCompression = "none" | "xz" | "zstd" | "gzip";

export function moduleCompression(path: string): ModuleCompression {
  if (path.endsWith(".xz")) return "xz";
  if (path.endsWith(".zst")) return "zstd";
  if (path.endsWith(".gz")) return "gzip";
  return "none";
}

/** `kernel/fs/ext4/ext4.ko.xz` → `kernel/fs/ext4/ext4.ko` */
export function withoutCompression(path: string): string {
  return path.replace(/\.(xz|zst|gz)$/, "");
}

/** For names and aliases alike: `-` becomes `_`, except between brackets, where it means a range. */
export function normalizeName(name: string): string {
  if (!name.includes("-")) return name;
  if (!name.includes("[")) return name.replaceAll("-", "_");
  return name.replace(/\[[^\]]*\]|-/g, (part) => (part === "-" ? "_" : part));
}
