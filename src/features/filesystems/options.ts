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
    ...(isWithoutLocks(declared) ? ["nolock"] : []),
    ...(declared.degraded ? ["degraded"] : []),
  ];
}

/** Locks of NFS before version 4 need rpc.statd(8). */
function isWithoutLocks({ type, options }: DeclaredFilesystem): boolean {
  const isOld = options.some((option) => /^(?:nfs)?vers=[23]$/.test(option));
  return type === "nfs" && isOld && !options.some((option) => /^(?:no)?lock$|^local_lock=/.test(option));
}
