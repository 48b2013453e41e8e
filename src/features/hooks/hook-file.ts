import type { Origin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Input } from "../feature.ts";

/** A script of a person, as the image gets it. */
export interface HookFile {
  readonly file: Extract<Requirement, { is: "file" }>;
  /** Programs that its first line names; `sh` is not among them, as each stage one has its own. */
  readonly interpreters: readonly string[];
  readonly wantsShell: boolean;
}

/** Reads a script. Reports U124 for what is none, and answers undefined; one without an interpreter is for `sh`. */
export function readHook(named: string, path: string, origin: Origin, input: Input): HookFile | undefined {
  const bytes = input.readFile(named, origin);
  if (bytes === undefined) return undefined;
  if (bytes.includes(0)) {
    input.report({
      code: "U124",
      severity: "error",
      message: `${named} is no script`,
      hint: "put a program into the sysroot, name it in `programs`, and call it from a script",
      at: [origin],
    });
    return undefined;
  }
  const words = interpreterOf(bytes);
  const content =
    words === undefined ? new TextEncoder().encode(`#!/bin/sh\n${new TextDecoder().decode(bytes)}`) : bytes;
  const programs = words ?? ["/bin/sh"];
  return {
    file: { is: "file", path, mode: 0o755, content, why: `the hook ${named}` },
    interpreters: programs.filter((program) => !isShell(program)),
    wantsShell: programs.some(isShell),
  };
}

/** The program of `#!` (execve(2)), and for env(1) the one that it looks for. */
function interpreterOf(bytes: Uint8Array): readonly string[] | undefined {
  const first = new TextDecoder().decode(bytes.subarray(0, 256)).split("\n")[0] ?? "";
  const [program, argument] = /^#![ \t]*(\S+)[ \t]*(\S*)/.exec(first)?.slice(1) ?? [];
  if (program === undefined) return undefined;
  const looksUp = /(^|\/)env$/.test(program) && argument !== undefined && argument !== "";
  return looksUp ? [program, argument] : [program];
}

function isShell(program: string): boolean {
  return /^(\/usr)?\/bin\/sh$/.test(program) || program === "sh";
}
