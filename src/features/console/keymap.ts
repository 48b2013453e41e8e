import type { Origin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Input } from "../feature.ts";
import { filesBelow, readUnpacked, type FoundFile } from "./found-file.ts";

const directories = ["/usr/share/keymaps", "/usr/share/kbd/keymaps", "/usr/lib/kbd/keymaps"] as const;
const ending = /\.(k?map|inc)(\.gz)?$/;

/**
 * A keymap of the sysroot with all that it includes, keymaps(5), laid flat into one directory of the image and
 * unpacked, so that loadkeys(1) needs no program to unpack it. Reports U160 when it is not there.
 */
export function findKeymap(name: string, input: Input): FoundFile | undefined {
  const files = filesBelow(directories, input).filter((path) => ending.test(path));
  const origin = input.originOf("keymap");
  const start = files.find((path) => stem(path) === name && !/\.inc(\.gz)?$/.test(path));
  if (start === undefined) {
    reportMissing(name, files, origin, input);
    return undefined;
  }
  const texts = new Map<string, string>();
  if (!collect(start, files, texts, origin, input)) return undefined;
  return {
    path: `${imageDirectory}/${flat(start)}`,
    takes: [...texts].map(([path, content]): Requirement => ({
      is: "file",
      path: `${imageDirectory}/${flat(path)}`,
      mode: 0o644,
      content: Buffer.from(content, "latin1"),
      why: `keymap ${name}`,
    })),
  };
}

const imageDirectory = "/usr/share/unitrd/keymap";

function stem(path: string): string {
  return basename(path).replace(ending, "");
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function flat(path: string): string {
  return basename(path).replace(/\.gz$/, "");
}

function collect(
  path: string,
  files: readonly string[],
  texts: Map<string, string>,
  origin: Origin,
  input: Input,
): boolean {
  if (texts.has(path)) return true;
  const bytes = readUnpacked(path, input);
  if (bytes === undefined) {
    input.report({ code: "U161", severity: "error", message: `the keymap ${path} cannot be read`, at: [origin] });
    return false;
  }
  // Every byte is one character and comes out as it was, whatever the keymap's encoding.
  const content = Buffer.from(bytes).toString("latin1");
  const included = [...content.matchAll(/^\s*include\s+"([^"]+)"/gm)].flatMap((match) =>
    match[1] === undefined ? [] : [match[1]],
  );
  const resolved = included.map((name) => ({ name, file: includedFile(name, files) }));
  const flatNames = resolved.reduce(
    (body, { name, file }) =>
      file === undefined ? body : body.replaceAll(`"${name}"`, `"${imageDirectory}/${flat(file)}"`),
    content,
  );
  texts.set(path, flatNames);
  return resolved.every(({ name, file }) => {
    if (file !== undefined) return collect(file, files, texts, origin, input);
    input.report({
      code: "U161",
      severity: "error",
      message: `the keymap ${path} includes ${name}, which is not in the sysroot`,
      at: [origin],
    });
    return false;
  });
}

function includedFile(name: string, files: readonly string[]): string | undefined {
  const wanted = basename(name);
  return (
    files.find((path) => [wanted, `${wanted}.gz`].includes(basename(path))) ??
    files.find((path) => stem(path) === wanted.replace(ending, ""))
  );
}

function reportMissing(name: string, files: readonly string[], origin: Origin, input: Input): void {
  const like = files.map(stem).filter((other) => other.startsWith(name.slice(0, 2)));
  input.report({
    code: "U160",
    severity: "error",
    message: `the sysroot has no keymap ${name}`,
    hint:
      files.length === 0
        ? "install keymaps there: on Debian the package console-data or kbd, and loadkeys from kbd"
        : `there are ${[...new Set(like)].slice(0, 8).join(", ") || `${files.length} others`}`,
    at: [origin],
  });
}
