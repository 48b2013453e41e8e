import { modeString, type ListedFile } from "../image/inspect.ts";
import { printable } from "../diagnostics/cell.ts";

/** Files as `ls -l` shows them, without the times, which an initrd does not use. */
export function longListing(files: readonly ListedFile[]): string {
  const rows = files.map((file) => [
    modeString(file),
    String(file.links),
    String(file.uid),
    String(file.gid),
    file.device === undefined ? String(file.size) : `${file.device.major}, ${file.device.minor}`,
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) =>
    rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0),
  );
  return files
    .map((file, index) => {
      const cells = (rows[index] ?? []).map((cell, column) => cell.padStart(widths[column] ?? 0));
      const target = file.target === undefined ? "" : ` -> ${printable(file.target)}`;
      return `${cells.join(" ")} ${printable(file.path)}${target}\n`;
    })
    .join("");
}
