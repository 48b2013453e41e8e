/**
 * The initrd's own /run becomes that of the real system: what is mounted below it can be used before there is a root,
 * and stays where it is.
 */
export function isBelowRun(path: string): boolean {
  return path.startsWith("/run/");
}

/** A path of the real system, as it is reached before that has started. */
export function placeInInitrd(path: string): string {
  if (isBelowRun(path)) return path;
  return path === "/" ? "/sysroot" : `/sysroot${path}`;
}

/** The declared mount that a path lies on, or is; none for what lies in the initrd's own /run. */
export function mountHolding(path: string, declared: readonly string[]): string | undefined {
  for (let at = path; ; at = parentOf(at)) {
    if (at === "/") return path === "/run" || isBelowRun(path) ? undefined : "/";
    if (declared.includes(at)) return at;
  }
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 1));
}

/** A path as one part of another: the root is `root`. */
export function nameOfPath(path: string): string {
  return path === "/" ? "root" : encodeURIComponent(path.slice(1));
}
