import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where unitrd's own files are: the directory of the package, with `templates` and `units` in it. */
export function houseDirectory(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!(existsSync(join(directory, "package.json")) && existsSync(join(directory, "templates")))) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error("unitrd is not whole: its templates are missing");
    directory = parent;
  }
  return directory;
}

/** The text of a file below `templates`. */
export function readTemplate(path: string): string {
  return readFileSync(join(houseDirectory(), "templates", path), "utf8");
}
