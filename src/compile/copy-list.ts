import type { Why } from "../diagnostics/reason.ts";
import type { Requirement } from "../plan/requirement.ts";
import { closeOver } from "../sysroot/closure.ts";
import type { Tree } from "../sysroot/tree.ts";

/**
 * The lines of tmpfiles.d(5) that make a small root of a program and all it loads, in a system that has them. What is
 * wrong with its libraries is said where they are put into the image. Throws for a path that such a line cannot hold.
 */
export function copyList(
  { program, below, as }: Extract<Requirement, { is: "copy-list" }>,
  why: Why,
  sysroot: Tree,
): string {
  const isNeeded = ({ priority }: { readonly priority: string }): boolean => priority === "required";
  const found = closeOver(sysroot, [{ path: program, why }], { dlopen: isNeeded }, () => undefined);
  const lines = [
    ...["dev", "proc", "sys", "run", "tmp", "oldroot"].map((name) => `d ${below}/${name} 0755 root root -`),
    `C ${below}/etc/initrd-release - - - - /etc/os-release`,
    ...[...found.links].map(([path, { target }]) => `L ${below}${path} - - - - ${target}`),
    ...[...found.files.keys()].map((path) => `C ${below}${path === program ? as : path} - - - - ${path}`),
  ];
  const odd = lines.find((line) => !/^[\w /.+:@-]+$/.test(line) || line.split(" ").length > 7);
  if (odd !== undefined) throw new Error(`tmpfiles.d cannot say: ${odd}`);
  return lines.map((line) => `${line}\n`).join("");
}
