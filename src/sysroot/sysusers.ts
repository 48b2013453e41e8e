import { byteOrder } from "./byte-order.ts";
import { resolve } from "./resolve.ts";
import type { Tree } from "./tree.ts";

/** A line of sysusers.d(5). Ids are numbers, names, or undefined where systemd-sysusers would choose one. */
export type SysusersLine =
  | {
      readonly is: "user";
      readonly name: string;
      readonly uid: number | undefined;
      /** A number or a name; undefined: the group of the user's own name. */
      readonly group: number | string | undefined;
      readonly gecos: string;
      readonly home: string;
      readonly shell: string;
    }
  | { readonly is: "group"; readonly name: string; readonly gid: number | undefined }
  | { readonly is: "member"; readonly name: string; readonly group: string }
  /** What cannot be understood, so that whoever wants the name can say so. */
  | { readonly is: "malformed"; readonly name: string; readonly where: string };

/**
 * All lines of the tree's sysusers.d files, in the order in which they count: files by name, a file in /etc in place
 * of one of the same name in /usr/lib. Ranges, and ids that are those of a file's owner, are left to chance as if
 * they were not there.
 */
export function sysusersLines(tree: Tree): readonly SysusersLine[] {
  const files = new Map<string, string>();
  for (const directory of ["/etc/sysusers.d", "/usr/local/lib/sysusers.d", "/usr/lib/sysusers.d"]) {
    const found = resolve(tree, directory);
    if (!found.found) continue;
    for (const name of tree.list(found.path)) {
      if (name.endsWith(".conf") && !files.has(name)) files.set(name, `${found.path}/${name}`);
    }
  }
  const paths = [...files].sort(([a], [b]) => byteOrder(a, b)).map(([, path]) => path);
  return paths.flatMap((path) => linesOf(tree, path));
}

function linesOf(tree: Tree, path: string): readonly SysusersLine[] {
  const found = resolve(tree, path);
  if (!found.found || found.stat.type !== "file") return [];
  const text = Buffer.from(tree.readAt(found.path, 0, 1024 * 1024)).toString();
  return text.split("\n").flatMap((line, index) => {
    const trimmed = line.trim();
    return trimmed === "" || trimmed.startsWith("#") ? [] : lineOf(trimmed, `${path}:${index + 1}`);
  });
}

function lineOf(line: string, where: string): readonly SysusersLine[] {
  const [type = "", name = "", id = "-", gecos = "-", home = "-", shell = "-"] = fieldsOf(line);
  const malformed: SysusersLine = { is: "malformed", name, where };
  const orElse = (value: string, otherwise: string): string => (value === "-" || value === "" ? otherwise : value);
  switch (type.replace(/[!-]+$/, "")) {
    case "u": {
      const [own = "", group] = id.startsWith("/") ? ["-"] : id.split(":");
      const uid = idOf(own);
      const primary = group === undefined || group === "-" ? undefined : (idOf(group) ?? group);
      if (uid === "malformed" || primary === "malformed") return [malformed];
      const shellOfRoot = name === "root" ? "/bin/sh" : "/usr/sbin/nologin";
      return [
        {
          is: "user",
          name,
          uid,
          group: primary,
          gecos: orElse(gecos, ""),
          home: orElse(home, "/"),
          shell: orElse(shell, shellOfRoot),
        },
      ];
    }
    case "g": {
      const gid = id.startsWith("/") ? undefined : idOf(id);
      return [gid === "malformed" ? malformed : { is: "group", name, gid }];
    }
    case "m":
      return [{ is: "member", name, group: id }];
    default:
      return [];
  }
}

/** Undefined for `-`, and for a name where one may stand. */
function idOf(text: string): number | undefined | "malformed" {
  if (text === "-" || text === "") return undefined;
  if (/^[A-Za-z_]/.test(text)) return undefined;
  return /^\d{1,10}$/.test(text) && Number(text) < 0xffffffff ? Number(text) : "malformed";
}

function fieldsOf(line: string): readonly string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double?.replace(/\\(.)/g, "$1") ?? single ?? bare ?? "",
  );
}
