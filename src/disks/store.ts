import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { lastWill } from "../host/last-will.ts";

/**
 * The directory `key` of a store, made by `make` if it is not there: in a directory of its own, which then gets its
 * name in one step, with another one for what is needed meanwhile. Two runs that want the same wait for each other;
 * should the lock fail them, both make it and the first one wins. A killed run leaves nothing.
 */
export async function kept(
  store: string,
  key: string,
  make: (directory: string, scratch: string) => Promise<void>,
): Promise<string> {
  const result = join(store, key);
  if (await exists(result)) return result;
  await mkdir(store, { recursive: true, mode: 0o700 });
  const lock = join(store, `${key}.lock`);
  if (!(await lockOrResult(lock, result))) return result;
  const making = join(store, `making-${process.pid}-${randomUUID()}`);
  const scratch = `${making}.scratch`;
  const will = lastWill(making, scratch, lock);
  try {
    await sweep(store);
    for (const directory of [making, scratch]) await mkdir(directory, { mode: 0o700 });
    await make(making, scratch);
    await rename(making, result).catch((error: unknown) => {
      if (!isCode(error, "ENOTEMPTY", "EEXIST")) throw error;
    });
    return result;
  } finally {
    for (const directory of [making, scratch]) await rm(directory, { recursive: true, force: true });
    await rm(lock, { force: true });
    await will.revoke();
  }
}

/** True with the lock ours, false with the result there. */
async function lockOrResult(lock: string, result: string): Promise<boolean> {
  for (;;) {
    if (await exists(result)) return false;
    if (await take(lock)) return true;
    if (await isAbandoned(lock)) await rm(lock, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Made under another name first, so that a lock is never seen without the process that holds it. */
async function take(lock: string): Promise<boolean> {
  const draft = `${lock}-${randomUUID()}`;
  try {
    await writeFile(draft, String(process.pid), { mode: 0o600 });
    await link(draft, lock);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function isAbandoned(lock: string): Promise<boolean> {
  try {
    return !isAlive(Number(await readFile(lock, "utf8")));
  } catch (error) {
    if (isCode(error, "ENOENT")) return false;
    throw error;
  }
}

async function sweep(store: string): Promise<void> {
  for (const name of await readdir(store)) {
    const pid = /^making-([0-9]+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(store, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isCode(error, "ESRCH");
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (isCode(error, "ENOENT")) return false;
      throw error;
    },
  );
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.some((code) => code === error.code);
}
