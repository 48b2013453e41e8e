import { constants } from "node:fs";
import { chmod, lchown, link, lstat, mkdir, open, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import type { ExtractStep } from "../image/inspect.ts";
import type { Tree } from "../sysroot/tree.ts";
import { errorCode, messageOf } from "./failure.ts";

/**
 * Extracts files of an image into `directory`, which is made, or must be empty: so nothing in it can lead elsewhere, and
 * the plan makes links last. As tar(1) does, root gets modes and owners as they are, others their own umask and no
 * set-id bits. What cannot be made is reported (U440, U441) and left out.
 *
 * Returns whether there was a place to extract to (U442 otherwise).
 */
export async function extract(
  tree: Tree,
  plan: readonly ExtractStep[],
  directory: string,
  report: Report,
): Promise<boolean> {
  if (!(await makeEmpty(directory, report))) return false;
  const isRoot = process.getuid?.() === 0;
  let devices = 0;
  for (const step of plan) {
    if (step.is === "device" && !isRoot) {
      devices++;
      continue;
    }
    try {
      await make(tree, step, directory);
      if (isRoot) await giveToOwner(step, join(directory, step.path));
    } catch (error) {
      report(notExtracted(step.path, errorCode(error) ?? messageOf(error)));
    }
  }
  // Last, and from within: a directory may be read-only.
  for (const step of plan.toReversed()) {
    if (step.is === "directory") await closeDirectory(join(directory, step.path), step.mode, isRoot);
  }
  if (devices > 0) report(withoutDevices(devices));
  return true;
}

/** Giving a file away clears its set-id bits (chown(2)), so the mode comes after. */
async function giveToOwner(step: ExtractStep, path: string): Promise<void> {
  if (step.is === "hard-link") return;
  await lchown(path, step.uid, step.gid);
  if (step.is !== "symlink" && step.is !== "directory") await chmod(path, step.mode);
}

async function closeDirectory(path: string, mode: number, isRoot: boolean): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return;
  const allowed = isRoot ? mode : found.mode & 0o7777 & (mode | 0o077);
  await chmod(path, allowed).catch(() => undefined);
}

async function makeEmpty(directory: string, report: Report): Promise<boolean> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if ((await readdir(directory)).length === 0) return true;
    report(noPlace(directory, "it is not empty"));
  } catch (error) {
    report(noPlace(directory, messageOf(error)));
  }
  return false;
}

async function make(tree: Tree, step: ExtractStep, directory: string): Promise<void> {
  const path = join(directory, step.path);
  switch (step.is) {
    case "directory":
      await mkdir(path, (step.mode & 0o777) | 0o700);
      break;
    case "file":
      await writeNew(path, step.mode & 0o777, tree.readAt(step.path, 0, step.size));
      break;
    case "hard-link":
      await link(join(directory, step.to), path);
      break;
    case "symlink":
      await symlink(step.target, path);
      break;
    case "fifo":
      await makeNode(path, ["p"]);
      break;
    case "device":
      await makeNode(path, [step.kind, `${step.major}`, `${step.minor}`]);
      break;
    case "socket":
      throw new Error("a socket is made by the program that listens on it");
  }
}

async function writeNew(path: string, mode: number, bytes: Uint8Array): Promise<void> {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  const file = await open(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, mode);
  try {
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
}

/** mknod(1), since Node has no mknod(2). */
async function makeNode(path: string, kind: readonly string[]): Promise<void> {
  const { execa } = await import("execa");
  const result = await execa("mknod", ["--", path, ...kind], { reject: false });
  if (result.failed) throw new Error(result.stderr.trim().split("\n")[0] ?? "mknod failed");
}

function notExtracted(path: string, because: string): Diagnostic {
  return { code: "U440", severity: "warning", message: `${path} was not extracted: ${because}`, at: [] };
}

function withoutDevices(count: number): Diagnostic {
  const message = `${count} device node${count === 1 ? " was" : "s were"} not extracted: only root may make them`;
  return { code: "U441", severity: "hint", message, hint: "run as root to have them too", at: [] };
}

function noPlace(directory: string, because: string): Diagnostic {
  const message = `cannot extract to ${directory}: ${because}`;
  return { code: "U442", severity: "error", message, hint: "name a directory that does not exist yet", at: [] };
}
