import { resolve } from "./resolve.ts";
import type { Tree } from "./tree.ts";

/** What os-release(5) says of a tree; empty strings where it says nothing. */
export interface OsRelease {
  readonly id: string;
  readonly versionId: string;
  readonly prettyName: string;
  /** The file it was read from, by its real path. */
  readonly path: string;
}

/** Reads /etc/os-release or, without one, /usr/lib/os-release. Undefined when there is neither. */
export function osRelease(tree: Tree): OsRelease | undefined {
  for (const path of ["/etc/os-release", "/usr/lib/os-release"]) {
    const found = resolve(tree, path);
    if (!found.found || found.stat.type !== "file") continue;
    const values = parseOsRelease(Buffer.from(tree.readAt(found.path, 0, 64 * 1024)).toString());
    const value = (name: string, otherwise: string): string => values.get(name) ?? otherwise;
    return {
      id: value("ID", "linux"),
      versionId: value("VERSION_ID", ""),
      prettyName: value("PRETTY_NAME", "Linux"),
      path: found.path,
    };
  }
  return undefined;
}

/**
 * Shell-like assignments without expansion, as os-release(5) describes: lines that are none are passed over, the last
 * assignment of a name wins, control characters are dropped so that values can be shown.
 */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line.trim()) ?? [];
    const plain = value === undefined ? undefined : unquoted(value);
    if (name !== undefined && plain !== undefined) values.set(name, plain.replace(/[\p{Cc}\p{Cf}]/gu, ""));
  }
  return values;
}

function unquoted(value: string): string | undefined {
  const single = /^'([^']*)'$/.exec(value)?.[1];
  if (single !== undefined) return single;
  const double = /^"((?:[^"\\]|\\.)*)"$/.exec(value)?.[1];
  if (double !== undefined) return double.replace(/\\(["\\$`])/g, "$1");
  return /["'\s]/.test(value) ? undefined : value;
}
