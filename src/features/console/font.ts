import type { Input } from "../feature.ts";
import { filesBelow, readUnpacked, type FoundFile } from "./found-file.ts";

const directories = ["/usr/share/consolefonts", "/usr/share/kbd/consolefonts", "/usr/lib/kbd/consolefonts"] as const;
const ending = /\.(psfu?|fnt|cp)(\.gz)?$/;

/** A console font of the sysroot, unpacked. Reports U160 when it is not there. */
export function findFont(name: string, input: Input): FoundFile | undefined {
  const files = filesBelow(directories, input);
  const found = files.find(
    (path) => path.slice(path.lastIndexOf("/") + 1).replace(ending, "") === name && ending.test(path),
  );
  const content = found === undefined ? undefined : readUnpacked(found, input);
  if (found === undefined || content === undefined) {
    input.report({
      code: "U160",
      severity: "error",
      message: `the sysroot has no console font ${name}`,
      hint: `fonts are looked for in ${directories.join(", ")}`,
      at: [input.originOf("font")],
    });
    return undefined;
  }
  const path = `/usr/share/unitrd/font/${found.slice(found.lastIndexOf("/") + 1).replace(/\.gz$/, "")}`;
  return { path, takes: [{ is: "file", path, mode: 0o644, content, why: `console font ${name}` }] };
}
