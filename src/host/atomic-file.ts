import { lstat, open, realpath, rename } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import { gather } from "../image/gather.ts";
import { errorCode, Failure, messageOf } from "./failure.ts";
import { temporaryFile } from "./temporary-file.ts";
import type { TemporaryFile } from "./temporary-file.ts";

/**
 * Replaces a file with `pieces` in one step: whoever reads it, and whenever we are killed, sees all of the old or all of
 * the new. Until then the bytes are in a private file beside it. A link is followed; `mode` is set whatever the umask.
 *
 * Returns whether it is done. What the person can mend is reported (U410 to U414, and any `Failure` that `pieces`
 * throws), everything else thrown; the old file is then untouched.
 */
export async function writeAtomically(
  path: string,
  mode: number,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  report: Report,
): Promise<boolean> {
  let temporary: TemporaryFile | undefined;
  try {
    const target = await targetOf(path);
    temporary = await asOutput(path, temporaryFile(dirname(target), basename(target)));
    const { handle } = temporary;
    for await (const piece of gather(pieces, 256 * 1024)) await asOutput(path, handle.writeFile(piece));
    await asOutput(path, handle.chmod(mode));
    await asOutput(path, handle.sync());
    await asOutput(path, rename(temporary.path, target));
    temporary.release();
    await syncDirectory(dirname(target));
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    report(error.diagnostic);
    return false;
  } finally {
    await temporary?.discard();
  }
}

/** The file itself where `path` is a link to one. */
async function targetOf(path: string): Promise<string> {
  const target = await realpath(path).catch(() => path);
  const stat = await lstat(target).catch(() => undefined);
  if (stat === undefined || stat.isFile() || stat.isSymbolicLink()) return target;
  const what = stat.isDirectory() ? "a directory" : "no regular file";
  throw new Failure({
    code: "U411",
    severity: "error",
    message: `cannot write ${path}: it is ${what}`,
    hint: stat.isDirectory() ? "name a file in it" : "name a file; an image is renamed into its place when it is whole",
    at: [],
  });
}

async function asOutput<T>(path: string, action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    const diagnostic = outputFault(path, error);
    throw diagnostic === undefined ? error : new Failure(diagnostic, error);
  }
}

function outputFault(path: string, error: unknown): Diagnostic | undefined {
  const directory = dirname(path);
  const fault = (code: Diagnostic["code"], message: string, hint: string): Diagnostic => {
    return { code, severity: "error", message: `cannot write ${path}: ${message}`, hint, at: [] };
  };
  switch (errorCode(error)) {
    case "ENOENT":
      return fault("U410", `there is no directory ${directory}`, `make it: mkdir -p ${directory}`);
    case "ENOTDIR":
      return fault("U410", `${directory} is no directory`, "name a file in a directory");
    case "EISDIR":
      return fault("U411", "it is a directory", "name a file in it");
    case "EACCES":
    case "EPERM":
      return fault("U412", `no permission to write in ${directory}`, "write elsewhere with -o, or run as its owner");
    case "EROFS":
      return fault("U412", `${directory} is on a read-only file system`, "write elsewhere with -o");
    case "ENOSPC":
    case "EDQUOT":
      return fault("U413", `no space left in ${directory}`, "the old file is untouched; make room for a second image");
    case "EFBIG":
    case "EIO":
    case "ENAMETOOLONG":
    case "ELOOP":
      return fault("U414", messageOf(error), "the old file is untouched");
    default:
      return undefined;
  }
}

/** Without this a crash of the machine may bring the old name back; some file systems do not offer it. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r").catch(() => undefined);
  if (handle === undefined) return;
  await handle.sync().catch(() => undefined);
  await handle.close();
}
