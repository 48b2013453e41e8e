import type { DeclaredFilesystem } from "./declared.ts";
import { kindOf } from "./kinds.ts";

/** The options that a file system is mounted with, in the words of mount(8). */
export function mountOptions(declared: DeclaredFilesystem): readonly string[] {
  return [
    ...(kindOf(declared.type).readOnly === true && !declared.options.includes("ro") ? ["ro"] : []),
    ...declared.options,
    ...(declared.degraded ? ["degraded"] : []),
  ];
}
