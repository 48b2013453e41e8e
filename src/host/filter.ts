import { accessSync, constants, statSync } from "node:fs";
import type { Stats } from "node:fs";
import { delimiter, join } from "node:path";
import { Failure, messageOf } from "./failure.ts";

export interface Filter {
  readonly program: FilterProgram;
  readonly options: readonly string[];
  readonly purpose: "compress" | "decompress";
}

export type FilterProgram = keyof typeof packages;

/** The Debian packages of these programs. */
const packages = { zstd: "zstd", xz: "xz-utils", lz4: "lz4", bzip2: "bzip2" } as const;

/**
 * What a program makes of a stream of bytes, while they still come. Nothing of the environment reaches it, where
 * `XZ_OPT` or `ZSTD_CLEVEL` would change its output.
 *
 * Throws a `Failure` when it is missing (U420), does not end well (U421, U433), or gives more than `limit` bytes (U435).
 * What `pieces` throws is thrown on as it is.
 */
export async function* runFilter(
  filter: Filter,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  limit = Infinity,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { path } = findProgram(filter.program);
  const { execa } = await import("execa");
  let sourceError: { readonly error: unknown } | undefined;
  async function* source(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* pieces;
    } catch (error) {
      sourceError = { error };
      throw error;
    }
  }
  const child = execa(path, filter.options, {
    ...environment(),
    stdin: source(),
    encoding: "buffer",
    buffer: { stdout: false },
    reject: false,
  });

  let given = 0;
  let whole = false;
  try {
    for await (const piece of child.iterable()) {
      given += piece.length;
      if (given > limit) throw tooMuch(filter, limit);
      yield piece;
    }
    whole = true;
  } catch (error) {
    if (error instanceof Failure || sourceError !== undefined) throw sourceError?.error ?? error;
  } finally {
    if (!whole) child.kill("SIGKILL");
  }
  const result = await child;
  if (sourceError !== undefined) throw sourceError.error;
  if (result.failed)
    throw failed(filter, Buffer.from(result.stderr).toString("utf8") || endOf(result.signal, result.cause));
}

function endOf(signal: string | undefined, cause: unknown): string {
  return signal === undefined ? messageOf(cause) : `it was ended by ${signal}`;
}

/** `zstd 1.5.4`, by what `PROGRAM --version` says. Throws a `Failure` when it is missing (U420). */
export async function programVersion(program: FilterProgram): Promise<string> {
  const { path } = findProgram(program);
  const { execa } = await import("execa");
  const { stdout } = await execa(path, ["--version"], { ...environment(), reject: false });
  // Each has its own idea of a banner: "*** LZ4 command line interface 64-bits v1.9.4, by …".
  const version = /\bv?(\d+(?:\.\d+)+)/.exec(stdout)?.[1];
  return version === undefined ? program : `${program} ${version}`;
}

export interface FoundProgram {
  readonly path: string;
  /** Changes when the program does. */
  readonly fingerprint: string;
}

/** Looks in `PATH`, without starting anything. Throws a `Failure` when it is missing (U420). */
export function findProgram(program: FilterProgram): FoundProgram {
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    if (!directory.startsWith("/")) continue;
    const path = join(directory, program);
    const stat = executableAt(path);
    if (stat !== undefined) return { path, fingerprint: `${path} ${stat.size} ${stat.mtimeMs}` };
  }
  throw new Failure({
    code: "U420",
    severity: "error",
    message: `the program ${program} is not installed on this machine`,
    hint: `on Debian: apt install ${packages[program]}`,
    at: [],
  });
}

/** A directory of `PATH` that may not be searched is no error to a shell either. */
function executableAt(path: string): Stats | undefined {
  try {
    const stat = statSync(path);
    accessSync(path, constants.X_OK);
    return stat.isFile() ? stat : undefined;
  } catch {
    return undefined;
  }
}

function environment() {
  return { extendEnv: false, env: { PATH: process.env.PATH ?? "", LC_ALL: "C" } } as const;
}

function failed(filter: Filter, said: string): Failure {
  const sentence =
    said
      .trim()
      .split("\n")
      .at(-1)
      ?.replaceAll(/[^\x20-\x7e]/g, "") ?? "";
  const because = sentence === "" ? "" : `: ${sentence}`;
  if (filter.purpose === "compress") {
    return new Failure({ code: "U421", severity: "error", message: `${filter.program} failed${because}`, at: [] });
  }
  return new Failure({
    code: "U433",
    severity: "error",
    message: `the data compressed for ${filter.program} is damaged${because}`,
    hint: "the file was cut short or changed after it was written; build it again",
    at: [],
  });
}

/** A few kilobytes of damaged or hostile input can unpack to terabytes. */
function tooMuch(filter: Filter, limit: number): Failure {
  return beyondLimit(`what ${filter.program} unpacks`, limit);
}

export function beyondLimit(what: string, limit: number): Failure {
  return new Failure({
    code: "U435",
    severity: "error",
    message: `${what} is larger than the limit of ${limit} bytes`,
    hint: "no initrd is that large: the file is damaged, or made to fill memory",
    at: [],
  });
}
