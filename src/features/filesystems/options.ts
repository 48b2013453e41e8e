import type { DeclaredFilesystem } from "./declared.ts";
import { kindOf } from "./kinds.ts";

/** The options that a file system is mounted with, in the words of mount(8). */
export function mountOptions(declared: DeclaredFilesystem, path: string): readonly string[] {
  const isRootInMemory = path === "/" && declared.type === "tmpfs";
  return [
    // That of tmpfs is 1777.
    ...(isRootInMemory && !declared.options.some((one) => one.startsWith("mode=")) ? ["mode=0755"] : []),
    ...(kindOf(declared.type).readOnly === true && !declared.options.includes("ro") ? ["ro"] : []),
    ...declared.options,
    ...(declared.degraded ? ["degraded"] : []),
  ];
}
