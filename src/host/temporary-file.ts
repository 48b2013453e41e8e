import { createHash } from "node:crypto";
import { readFileSync, readlinkSync, unlinkSync } from "node:fs";
import { lstat, open, readdir, unlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";

export interface TemporaryFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** Closes the file and removes it, unless it has been renamed. */
  discard(): Promise<void>;
  /** It has another name now, and is nobody's to remove. */
  release(): void;
}

/**
 * Creates `.NAME.unitrd-…` in a directory, 0600 from the first byte, and removes it when the process ends before it is
 * released. Names tell who writes, so that those left by a killed process are removed here. Throws what open(2) says.
 */
export async function temporaryFile(directory: string, name: string): Promise<TemporaryFile> {
  const prefix = `.${Buffer.from(name)
    .subarray(0, 120)
    .toString("latin1")
    .replaceAll(/[^\x20-\x7e]|\//g, "_")}.unitrd-`;
  await removeStale(directory);
  counter++;
  const path = join(directory, `${prefix}${machine()}-${process.pid}-${startOf("self") ?? "0"}-${counter}`);
  const handle = await open(path, "wx", 0o600);
  guard(path);
  return {
    path,
    handle,
    async discard() {
      await handle.close();
      if (!guarded.has(path)) return;
      await unlink(path).catch(() => undefined);
      unguard(path);
    },
    release: () => unguard(path),
  };
}

let counter = 0;

async function removeStale(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const own = /^\..*\.unitrd-([^.]*)$/.exec(name)?.[1];
    if (own === undefined) continue;
    const [at, pid, start] = own.split("-");
    if (at === undefined || pid === undefined || start === undefined || !/^\d+$/.test(pid)) continue;
    const path = join(directory, name);
    const dead = at === machine() ? startOf(pid) !== start : await isOld(path);
    if (dead) await unlink(path).catch(() => undefined);
  }
}

/** Nobody writes an image for a day; whether a process of another machine or container lives cannot be seen. */
async function isOld(path: string): Promise<boolean> {
  const stat = await lstat(path).catch(() => undefined);
  return stat !== undefined && Date.now() - stat.mtimeMs > 24 * 60 * 60 * 1000;
}

/** Process ids mean something only in one PID namespace of one boot. */
function machine(): string {
  machineName ??= createHash("sha256")
    .update(attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1")) ?? "")
    .update(attempt(() => readlinkSync("/proc/self/ns/pid")) ?? "")
    .digest("hex")
    .slice(0, 12);
  return machineName;
}

let machineName: string | undefined;

/** When a process was started, which tells it from a later one with its number: field 22 of proc_pid_stat(5). */
function startOf(pid: string): string | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  // The second field is a name in parentheses and may contain anything.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

function attempt(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const guarded = new Set<string>();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function guard(path: string): void {
  guarded.add(path);
  if (guarded.size > 1) return;
  process.on("exit", removeGuarded);
  for (const signal of signals) process.on(signal, onSignal);
}

function unguard(path: string): void {
  if (!guarded.delete(path) || guarded.size > 0) return;
  process.off("exit", removeGuarded);
  for (const signal of signals) process.off(signal, onSignal);
}

function removeGuarded(): void {
  for (const path of guarded) attempt(() => (unlinkSync(path), ""));
}

/** Ends as the signal would have ended us, unless somebody else listens too: then it is theirs to decide. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  removeGuarded();
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}
