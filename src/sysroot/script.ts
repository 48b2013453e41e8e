/** What a script's first line asks the kernel, and env(1), to run. */
export type ScriptLine =
  | { readonly is: "program"; readonly path: string }
  /** `#!/usr/bin/env python3`: the interpreter is env, and it starts this by name. */
  | { readonly is: "env"; readonly path: string; readonly program: string | undefined };

/**
 * Reads the `#!` line of a file from its first bytes: undefined when it has none. As the kernel does, only 256 bytes
 * count (execve(2)); env's own options are those of GNU and busybox env(1).
 */
export function scriptLine(head: Uint8Array): ScriptLine | undefined {
  const text = Buffer.from(head.subarray(0, 256)).toString();
  if (!text.startsWith("#!")) return undefined;
  const line = text.slice(2).split("\n")[0]?.trim() ?? "";
  const [path, rest] = splitOnce(line);
  if (path === "") return undefined;
  if (!/(^|\/)env$/.test(path)) return { is: "program", path };
  return { is: "env", path, program: startedByEnv(rest) };
}

function splitOnce(line: string): readonly [string, string] {
  const match = /^(\S+)\s*(.*)$/s.exec(line);
  return [match?.[1] ?? "", match?.[2] ?? ""];
}

/** Without -S, env gets the rest of the line as one word. */
function startedByEnv(rest: string): string | undefined {
  const split = /^(?:-[iv0]*S|--split-string[= ])\s*(.*)$/s.exec(rest)?.[1];
  const words = split === undefined ? [rest] : split.split(/\s+/);
  for (let index = 0; index < words.length; index++) {
    const word = unquoted(words[index] ?? "");
    if (["-u", "--unset", "-C", "--chdir"].includes(word)) index++;
    else if (word !== "" && !word.startsWith("-") && !/^\w+=/.test(word)) return word;
  }
  return undefined;
}

function unquoted(word: string): string {
  return /^(["'])(.*)\1$/.exec(word)?.[2] ?? word;
}
