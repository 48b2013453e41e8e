import type { Block, FileItem, TableBlock } from "./document.ts";
import { fileClasses, type FileClass } from "./file-class.ts";
import type { FileChange, FileDifference, Tally } from "./files.ts";
import type { ImageFacts } from "./image-facts.ts";
import { bytesPhrase, growthPhrase } from "./phrases.ts";

/** How many files of each class there are, and how many of them differ. */
export function tallyBlocks({ tallies }: FileDifference, sides: readonly [string, string]): readonly Block[] {
  const sorted = fileClasses.flatMap((kind) => tallies.filter((tally) => tally.class === kind));
  const shown = sorted.filter((tally) => tally.class !== "directories");
  const rows = [...shown.map((tally) => tallyRow(tally.class, tally)), tallyRow("all", sum(shown))];
  return [
    { is: "table", head: ["", sides[0], "", sides[1], "", "−", "+", "~"], rows, numbers: true },
    {
      is: "text",
      text: `− only in ${sides[0]}, + only in ${sides[1]}, ~ in both, not alike; bytes before compression`,
    },
  ];
}

function tallyRow(name: string, { before, after, added, removed, changed }: Omit<Tally, "class">): readonly string[] {
  const files = ({ files: number }: { readonly files: number }) => (number === 0 ? "·" : String(number));
  const size = ({ files: number, bytes }: Tally["before"]) => (number === 0 ? "" : bytesPhrase(bytes));
  return [
    name,
    files(before),
    size(before),
    files(after),
    size(after),
    files(removed),
    files(added),
    changed === 0 ? "·" : String(changed),
  ];
}

function sum(tallies: readonly Tally[]): Omit<Tally, "class"> {
  const total = (key: "before" | "after" | "added" | "removed") => ({
    files: tallies.reduce((all, tally) => all + tally[key].files, 0),
    bytes: tallies.reduce((all, tally) => all + tally[key].bytes, 0),
  });
  return {
    before: total("before"),
    after: total("after"),
    added: total("added"),
    removed: total("removed"),
    changed: tallies.reduce((all, tally) => all + tally.changed, 0),
  };
}

/** Every change, a list for each class and kind of change; at the end what is new only in name. */
export function changeLists({ changes }: FileDifference, titles: Readonly<Record<FileChange["is"], string>>): Block[] {
  const list = (title: string, own: readonly FileChange[]): Block[] => {
    if (own.length === 0) return [];
    return [{ is: "files", title, items: own.toSorted((a, b) => weight(b) - weight(a)).map(fileItem) }];
  };
  const telling = changes.filter((change) => !isOriginOnly(change) && !isImplied(change, changes));
  return [
    ...fileClasses.flatMap((kind) =>
      (["changed", "removed", "added"] as const).flatMap((is) =>
        list(
          `${className(kind)} ${titles[is]}`,
          telling.filter((change) => change.class === kind && change.is === is),
        ),
      ),
    ),
    ...list("the same but for the line of the declaration that they name", changes.filter(isOriginOnly)),
  ];
}

function isOriginOnly({ what }: FileChange): boolean {
  return what.length === 1 && what[0] === "origin";
}

/** A directory that came or went with what lies in it. */
function isImplied({ class: kind, is, path }: FileChange, changes: readonly FileChange[]): boolean {
  if (kind !== "directories" || is === "changed") return false;
  return changes.some((other) => other.is === is && other.path.startsWith(`${path}/`));
}

function className(kind: FileClass): string {
  return kind === "other" ? "other files" : kind;
}

function weight({ before, after }: FileChange): number {
  return Math.max(before?.size ?? 0, after?.size ?? 0);
}

function fileItem(change: FileChange): FileItem {
  const { is, path, before, after, what } = change;
  const side = is === "removed" ? before : after;
  switch (is) {
    case "added":
    case "removed": {
      const note = side?.type === "file" ? bytesPhrase(side.size) : (side?.target ?? side?.type ?? "");
      return { sign: is === "added" ? "+" : "-", path, note: side?.type === "symlink" ? `→ ${note}` : note };
    }
    case "changed":
      return {
        sign: "~",
        path: moved(before?.path, path),
        note: what.map((one) => changePhrase(one, change)).join(", "),
      };
  }
}

/** A module of another release of the kernel lies elsewhere and is still the same module. */
function moved(before: string | undefined, path: string): string {
  return before === undefined || before === path ? path : `${before} ⇒ ${path}`;
}

function changePhrase(what: string, { class: kind, before, after }: FileChange): string {
  if (before === undefined || after === undefined) return what;
  switch (what) {
    case "content":
      return kind === "secrets" || before.size === after.size
        ? "changed"
        : `${bytesPhrase(after.size)} (${growthPhrase(before.size, after.size)})`;
    case "origin":
      return "";
    case "mode":
      return `mode ${octal(before.mode)} → ${octal(after.mode)}`;
    case "owner":
    case "target":
    case "device":
    case "type":
      return `${what} ${before[what] ?? "none"} → ${after[what] ?? "none"}`;
    default:
      return what;
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** Text files that changed, line by line. Those of a kernel's modules are made from the rest, and tell nothing more. */
export function patches({ changes }: FileDifference): Block[] {
  return changes.flatMap(({ path, hunks, class: kind }): Block[] =>
    hunks === undefined || kind === "modules" ? [] : [{ is: "patch", path, hunks }],
  );
}

/** The segments of two images, in order. */
export function segmentTable(before: ImageFacts, after: ImageFacts, sides: readonly [string, string]): TableBlock {
  const rows = Array.from({ length: Math.max(before.parts.length, after.parts.length) }, (_, index) => {
    const cells = [before.parts[index], after.parts[index]].flatMap((part) =>
      part === undefined
        ? ["", "", ""]
        : [
            part.compression === "none" ? "plain" : part.compression,
            bytesPhrase(part.length),
            bytesPhrase(part.unpacked),
          ],
    );
    return [`segment ${index + 1}`, ...cells];
  });
  const all = [before, after].flatMap(({ size, unpacked }) => ["", bytesPhrase(size), bytesPhrase(unpacked)]);
  return {
    is: "table",
    head: ["", sides[0], "", "unpacked", sides[1], "", "unpacked"],
    rows: [...rows, ["all", ...all]],
    numbers: true,
  };
}
