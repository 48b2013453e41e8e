/**
 * Why a path cannot stand in an image, as the end of the sentence "the path …", or `undefined` for a good one.
 *
 * The kernel skips names longer than PATH_MAX without a word (init/initramfs.c), and `TRAILER!!!` ends an archive.
 */
export function pathFault(path: string): string | undefined {
  if (!path.startsWith("/")) return "is not absolute";
  if (path.includes("\0")) return "contains a NUL";
  if (!isUtf8(path)) return "is not valid UTF-8";
  if (path === "/") return undefined;
  if (path === "/TRAILER!!!") return "is the name that ends a cpio archive";
  if (Buffer.byteLength(path) > longestPath) return `is longer than ${longestPath} bytes`;
  for (const name of path.slice(1).split("/")) {
    if (name === "") return "has an empty component";
    if (name === "." || name === "..") return `contains "${name}"`;
    if (Buffer.byteLength(name) > longestName) return `has a component of more than ${longestName} bytes`;
  }
  return undefined;
}

/** The same for what a link points to. */
export function targetFault(target: string): string | undefined {
  if (target === "") return "is empty";
  if (target.includes("\0")) return "contains a NUL";
  if (!isUtf8(target)) return "is not valid UTF-8";
  if (Buffer.byteLength(target) > longestPath) return `is longer than ${longestPath} bytes`;
  return undefined;
}

/** The directory of a canonical path; `/` for what stands in the root, and for the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}

export function joinPath(directory: string, name: string): string {
  return directory === "/" ? `/${name}` : `${directory}/${name}`;
}

// PATH_MAX and NAME_MAX of linux/limits.h, the first less its NUL.
const longestPath = 4095;
const longestName = 255;

/** A name that was not UTF-8 on disk arrives with U+FFFD in it, and would come out as another name. */
function isUtf8(text: string): boolean {
  return !/[\p{Surrogate}\ufffd]/u.test(text);
}
