import type { Report } from "../diagnostics/diagnostic.ts";
import { layerNames } from "./manifest.ts";
import type { Content, Entry, LayerName, Why } from "./manifest.ts";
import { conflict } from "./manifest-fault.ts";

/** Two entries at one path as one that knows both reasons; when they differ, reports it and keeps the first. */
export function mergeEntries(
  first: Entry,
  second: Entry,
  sameContent: (a: Content, b: Content) => boolean,
  report: Report,
): Entry {
  const difference = differenceOf(first, second, sameContent);
  if (difference !== undefined) report(conflict(first, second, difference));
  return { ...first, layer: commonLayer(first, second), why: [...first.why, ...newReasons(first.why, second.why)] };
}

/** Whether two contents are known to be the same without reading the sysroot. */
export function sameBytes(a: Content, b: Content): boolean {
  if (a.is === "bytes") return b.is === "bytes" && Buffer.compare(a.bytes, b.bytes) === 0;
  return b.is === "sysroot" && a.path === b.path;
}

function differenceOf(a: Entry, b: Entry, sameContent: (a: Content, b: Content) => boolean): string | undefined {
  if (a.type !== b.type) return `a ${noun[a.type]} and a ${noun[b.type]}`;
  if (a.type === "symlink" && b.type === "symlink" && a.target !== b.target) {
    return `links to ${a.target} and to ${b.target}`;
  }
  if (a.type === "character" && b.type === "character" && !sameDevice(a.device, b.device)) return "different devices";
  if (a.type === "file" && b.type === "file" && !sameContent(a.content, b.content))
    return "files with different content";
  if (a.type !== "symlink" && b.type !== "symlink" && a.mode !== b.mode) {
    return `of mode ${octal(a.mode)} and ${octal(b.mode)}`;
  }
  if (a.uid !== b.uid || a.gid !== b.gid) return `owned by ${a.uid}:${a.gid} and by ${b.uid}:${b.gid}`;
  return undefined;
}

const noun = { file: "file", directory: "directory", symlink: "link", character: "device node" } as const;

interface Device {
  readonly major: number;
  readonly minor: number;
}

function sameDevice(a: Device, b: Device): boolean {
  return a.major === b.major && a.minor === b.minor;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** What is secret for one is secret; otherwise the layer that changes least, whoever came first. */
function commonLayer(a: Entry, b: Entry): LayerName {
  if (a.layer === "secrets" || b.layer === "secrets")
    return a.type === "directory" ? otherThanSecrets(a, b) : "secrets";
  return layerNames.indexOf(a.layer) < layerNames.indexOf(b.layer) ? a.layer : b.layer;
}

function otherThanSecrets(a: Entry, b: Entry): LayerName {
  return a.layer === "secrets" ? b.layer : a.layer;
}

function newReasons(known: readonly Why[], added: readonly Why[]): readonly Why[] {
  const seen = new Set(known.map((why) => JSON.stringify(why)));
  return added.filter((why) => {
    const key = JSON.stringify(why);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
