import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { Duplex } from "node:stream";
import type { Readable, Writable } from "node:stream";
import { seconds } from "./clock.ts";

/** How a process ended: one of both, or neither when it never started. */
export interface Ending {
  readonly status?: number;
  readonly signal?: string;
}

/** A process that lives beside us for a while, and never longer than we do. */
export interface Child {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Its descriptors from 3 on, each a socket of which we hold the other end. */
  readonly channels: readonly Duplex[];
  readonly ended: Promise<Ending>;
  /** SIGTERM, and SIGKILL when that was not enough after two seconds. Resolves when it is gone; may be called twice. */
  stop(): Promise<Ending>;
  /** SIGKILL at once: it cannot put anything in order. */
  kill(): Promise<Ending>;
}

/**
 * Starts a program that the kernel kills when this process dies, however it dies: setpriv(1) asks for that with
 * PR_SET_PDEATHSIG (prctl(2)), which survives the exec of a program without privileges of its own. `program` is an
 * absolute path. Throws when setpriv or the program cannot be started.
 */
export async function startChild(
  program: string,
  args: readonly string[],
  options: {
    readonly channels: number;
    /** Where it runs and what it takes for its home. */ readonly directory?: string;
  },
): Promise<Child> {
  const { execa } = await import("execa");
  const extra = Array.from({ length: options.channels }, () => "pipe" as const);
  const child = execa(requireProgram("setpriv"), ["--pdeathsig", "KILL", "--", program, ...args], {
    ...environment(options.directory),
    ...(options.directory === undefined ? {} : { cwd: options.directory }),
    stdio: ["pipe", "pipe", "pipe", ...extra],
    buffer: false,
    reject: false,
    cleanup: true,
  });
  const ended = child.then(endingOf);
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined) {
    const result = await child;
    throw new Error(`${program} cannot be started: ${messageOf(result)}`);
  }
  const channels = options.channels === 0 ? [] : duplexes(child.stdio.slice(3));
  // A process that ends while we write to it is no error of ours: its ending says all.
  for (const stream of [stdin, ...channels]) stream.on("error", () => undefined);
  const kill = (): Promise<Ending> => {
    child.kill("SIGKILL");
    return ended;
  };
  return { pid, stdin, stdout, stderr, channels, ended, stop: () => stop(child, ended), kill };
}

interface Killable {
  kill(signal: NodeJS.Signals): boolean;
}

async function stop(child: Killable, ended: Promise<Ending>): Promise<Ending> {
  child.kill("SIGTERM");
  const patience = seconds(2);
  const gone = await Promise.race([ended, patience.over]);
  patience.cancel();
  if (gone !== undefined) return gone;
  child.kill("SIGKILL");
  return ended;
}

function duplexes(streams: readonly unknown[]): readonly Duplex[] {
  return streams.map((stream) => {
    if (stream instanceof Duplex) return stream;
    throw new Error("a descriptor of a child is no socket");
  });
}

export interface Finished extends Ending {
  readonly stdout: Uint8Array;
  readonly stderr: string;
  /** It took longer than allowed and was killed. */
  readonly timedOut: boolean;
}

/**
 * Runs a program to its end and keeps what it prints. `seconds` bounds it, `limit` is the most bytes of output that are
 * kept before it is killed. Never throws because of what the program does; throws when it is not in `PATH`.
 */
export async function runProgram(
  name: string,
  args: readonly string[],
  options: { readonly seconds: number; readonly limit?: number },
): Promise<Finished> {
  const { execa } = await import("execa");
  const result = await execa(requireProgram(name), args, {
    ...environment(),
    stdin: "ignore",
    encoding: "buffer",
    maxBuffer: options.limit ?? 256 * 1024 ** 2,
    timeout: options.seconds * 1000,
    killSignal: "SIGKILL",
    reject: false,
  });
  return {
    ...endingOf(result),
    stdout: result.stdout,
    stderr: Buffer.from(result.stderr).toString("utf8"),
    timedOut: result.timedOut,
  };
}

/** Where a program lies in `PATH`; an absolute path is taken as it is. Starts nothing. */
export function programPath(name: string): string | undefined {
  const places = isAbsolute(name) ? [name] : searchPath().map((directory) => join(directory, name));
  return places.find(isProgram);
}

function requireProgram(name: string): string {
  const path = programPath(name);
  if (path === undefined) throw new Error(`the program ${name} is not installed on this machine`);
  return path;
}

/** Where Debian keeps mke2fs and its like is not in the PATH of an ordinary user. */
function searchPath(): readonly string[] {
  const own = (process.env.PATH ?? "").split(delimiter).filter(isAbsolute);
  return [...own, "/usr/sbin", "/sbin"];
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function environment(home?: string) {
  const { PATH, TMPDIR, HOME } = process.env;
  const kept = { PATH, TMPDIR, HOME: home ?? HOME, LC_ALL: "C" };
  return { extendEnv: false, env: Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)) };
}

function endingOf(result: { readonly exitCode?: number | undefined; readonly signal?: string | undefined }): Ending {
  return {
    ...(result.exitCode === undefined ? {} : { status: result.exitCode }),
    ...(result.signal === undefined ? {} : { signal: result.signal }),
  };
}

function messageOf(result: { readonly shortMessage?: string | undefined }): string {
  return result.shortMessage ?? "it did not start";
}
