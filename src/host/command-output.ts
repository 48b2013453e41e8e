import { spawnSync } from "node:child_process";
import { errorCode } from "./failure.ts";

/** What a program wrote on its standard output, or a phrase that tells why there is nothing. */
export type CommandOutput =
  { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly because: string };

/**
 * Runs a program for its output, without a shell. It may ask the person at the terminal: its standard input and error
 * are ours. It is ended after five minutes, and when it writes more than 16 MiB.
 */
export function commandOutput(command: readonly string[], directory: string): CommandOutput {
  const [program = "", ...words] = command;
  const { status, signal, stdout, error } = spawnSync(program, words, {
    cwd: directory,
    stdio: ["inherit", "pipe", "inherit"],
    timeout: 300_000,
    maxBuffer: 16 * 1024 * 1024,
  });
  const code = errorCode(error);
  if (code === "ENOENT") return { ok: false, because: `cannot be run: there is no program ${program}` };
  if (code === "ETIMEDOUT") return { ok: false, because: "took longer than five minutes" };
  if (code === "ENOBUFS") return { ok: false, because: "wrote more than 16 MiB" };
  if (code !== undefined) return { ok: false, because: `cannot be run (${code})` };
  if (signal !== null) return { ok: false, because: `was ended by ${signal}` };
  if (status !== 0) return { ok: false, because: `ended with status ${status}` };
  return { ok: true, bytes: stdout };
}
