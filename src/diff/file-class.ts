import type { FileType } from "../sysroot/tree.ts";

/** What a file of an image is there for, as far as its path tells; in the order of showing. */
export const fileClasses = [
  "modules",
  "firmware",
  "programs",
  "libraries",
  "units",
  "rules",
  "config",
  "secrets",
  "links",
  "directories",
  "other",
] as const;
export type FileClass = (typeof fileClasses)[number];

export function fileClass(file: { readonly path: string; readonly type: FileType; readonly mode: number }): FileClass {
  const { path, type, mode } = file;
  if (type === "directory") return "directories";
  if (isSecret(file)) return "secrets";
  if (/^(\/usr)?\/lib\/modules\//.test(path)) return "modules";
  if (/^(\/usr)?\/lib\/firmware\//.test(path)) return "firmware";
  if (path.includes("/systemd/system/")) return "units";
  if (/\/udev\/(rules|hwdb)\.d\//.test(path)) return "rules";
  if (type === "symlink") return "links";
  if (type !== "file") return "other";
  if (/\.so(\.[0-9.]+)?$/.test(path)) return "libraries";
  if (path === "/init" || ((mode & 0o111) !== 0 && !path.startsWith("/etc/"))) return "programs";
  return path.startsWith("/etc/") || /\.d\/[^/]+\.conf$/.test(path) ? "config" : "other";
}

/** A file that not everybody may read is never shown, whatever it holds. */
export function isSecret({ type, mode }: { readonly type: FileType; readonly mode: number }): boolean {
  return type === "file" && (mode & 0o004) === 0;
}
