import { readFileSync, readlinkSync, rmSync } from "node:fs";
import { lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lastWill } from "../host/last-will.ts";

/**
 * Runs `work` with a directory that only we can enter (0700) and that is gone afterwards, also when the process is
 * killed meanwhile. Should the shell be killed too that sees to it, the next process does: names tell whose they are.
 */
export async function withPrivateDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const parent = tmpdir();
  await removeStale(parent);
  const directory = await mkdtemp(join(parent, `${prefix()}${process.pid}-${startOf("self") ?? "0"}-`));
  const will = lastWill(directory);
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.on("exit", remove);
  try {
    return await work(directory);
  } finally {
    process.off("exit", remove);
    await rm(directory, { recursive: true, force: true });
    await will.revoke();
  }
}

/** Process ids mean something only in one PID namespace. */
function prefix(): string {
  const namespace = attempt(() => readlinkSync("/proc/self/ns/pid"))?.replaceAll(/\D/g, "") ?? "0";
  return `unitrd-vm-${namespace}-`;
}

async function removeStale(parent: string): Promise<void> {
  const own = prefix();
  for (const name of await readdir(parent)) {
    const [pid, start] = name.startsWith(own) ? name.slice(own.length).split("-") : [];
    if (pid === undefined || start === undefined || startOf(pid) === start) continue;
    const path = join(parent, name);
    const stat = await lstat(path).catch(() => undefined);
    if (stat?.isDirectory() !== true || stat.uid !== process.getuid?.()) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** When a process was started, which tells it from a later one with its number: field 22 of proc_pid_stat(5). */
function startOf(pid: string): string | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

function attempt(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
