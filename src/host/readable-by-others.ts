import { statSync } from "node:fs";
import { dirname } from "node:path";
import type { Report } from "../diagnostics/diagnostic.ts";

/**
 * Reports U910 when others can read a file that was made 0600: its file system keeps no permissions (a vfat as /boot or
 * the ESP shows all its files with the `umask` of its mount).
 */
export function reportReadable(path: string, report: Report): void {
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  report({
    code: "U910",
    severity: "warning",
    message: `${path} holds secrets, and others can read it: the file system of ${dirname(path)} shows it as ${mode.toString(8).padStart(4, "0")}`,
    hint: "mount it with umask=0077, or write the image elsewhere",
    at: [],
  });
}
