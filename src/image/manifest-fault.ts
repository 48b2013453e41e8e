import type { Diagnostic, Origin } from "../diagnostics/diagnostic.ts";
import { pathFault, targetFault } from "./image-path.ts";
import type { Entry, Why } from "./manifest.ts";

/** What makes an entry impossible by itself, whatever else the image holds. */
export function entryFault(entry: Entry): Diagnostic | undefined {
  const fault = pathFault(entry.path);
  if (fault !== undefined) return refusedPath(entry, entry.path, fault);
  if (entry.type === "symlink") {
    const wrong = targetFault(entry.target);
    if (wrong !== undefined) return refusedTarget(entry, entry.target, wrong);
  }
  if (entry.layer === "secrets") {
    const open = secretFault(entry);
    if (open !== undefined) return open;
  }
  if (entry.type === "file" && sizeOf(entry) >= newcLimit) return tooLarge(entry, sizeOf(entry));
  return undefined;
}

/** Two entries claim one path. */
export function conflict(first: Entry, second: Entry, difference: string): Diagnostic {
  return {
    code: "U400",
    severity: "error",
    message: `${shown(first.path)} cannot be both of two things (${difference}): ${asker(first)} and ${asker(second)} disagree`,
    hint: "leave one of them out, or make them the same",
    at: originsOf(first, second),
  };
}

export function refusedPath(entry: Entry, path: string, fault: string): Diagnostic {
  return {
    code: "U401",
    severity: "error",
    message: `the path ${shown(path)} ${fault} (wanted for ${asker(entry)})`,
    hint: 'paths in an image are absolute, in UTF-8, and have no "." or ".."',
    at: originsOf(entry),
  };
}

/** A way to this entry leads through something that is no directory. */
export function noDirectory(entry: Entry, above: Entry): Diagnostic {
  return {
    code: "U404",
    severity: "error",
    message: `${shown(entry.path)} (for ${asker(entry)}) cannot lie below ${shown(above.path)} (for ${asker(above)}), which is no directory`,
    at: originsOf(entry, above),
  };
}

export function tangledLinks(entry: Entry, loopAt: string): Diagnostic {
  return {
    code: "U405",
    severity: "error",
    message: `${shown(entry.path)} (for ${asker(entry)}) is reached through the link ${shown(loopAt)}, which leads back to itself`,
    at: originsOf(entry),
  };
}

function refusedTarget(entry: Entry, target: string, fault: string): Diagnostic {
  return {
    code: "U406",
    severity: "error",
    message: `the link ${shown(entry.path)} (for ${asker(entry)}) points to ${shown(target)}, which ${fault}`,
    at: originsOf(entry),
  };
}

function secretFault(entry: Entry): Diagnostic | undefined {
  if (entry.type !== "file") return secret(entry, `is a ${entry.type}`, "only files can be secret");
  if ((entry.mode & ~0o600) === 0) return undefined;
  const mode = entry.mode.toString(8).padStart(4, "0");
  return secret(entry, `has mode ${mode}`, "give it mode 0600 or 0400");
}

function secret(entry: Entry, fault: string, hint: string): Diagnostic {
  const message = `${shown(entry.path)} (for ${asker(entry)}) is secret but ${fault}`;
  return { code: "U402", severity: "error", message, hint, at: originsOf(entry) };
}

function tooLarge(entry: Entry, size: number): Diagnostic {
  return {
    code: "U403",
    severity: "error",
    message: `${shown(entry.path)} (for ${asker(entry)}) has ${size} bytes; a file in an initrd must be smaller than 4 GiB`,
    hint: "leave it in the real system, or on a disk that the initrd mounts",
    at: originsOf(entry),
  };
}

/** The size field of a newc header has 32 bits (buffer-format.rst). */
const newcLimit = 2 ** 32;

function sizeOf(entry: Extract<Entry, { type: "file" }>): number {
  return entry.content.is === "bytes" ? entry.content.bytes.length : entry.content.size;
}

/** The innermost reason of the first chain: who asked for this very file. */
function asker(entry: Entry): string {
  return entry.why[0]?.at(-1)?.what ?? "no stated reason";
}

function originsOf(...entries: readonly Entry[]): readonly Origin[] {
  return entries.flatMap((entry) => originOf(entry.why[0] ?? []) ?? []);
}

function originOf(why: Why): Origin | undefined {
  return why.findLast((reason) => reason.origin !== undefined)?.origin;
}

/** Control characters in a name would write on the terminal of whoever reads the message. */
function shown(path: string): string {
  return /[\p{Cc}\p{Surrogate}]/u.test(path) ? JSON.stringify(path) : path;
}
