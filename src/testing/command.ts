import { runCommandLine } from "../cli/command-line.ts";
import type { Screen } from "../cli/context.ts";

/** What a run of `unitrd` printed, and its exit status. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `unitrd` in this process, without a terminal unless `screen` says that there is one. */
export async function unitrd(args: readonly string[], screen: Partial<Screen> = {}): Promise<Ran> {
  const [output, messages] = [recorder(screen), recorder(screen)];
  const status = await runCommandLine(args, {
    process: { stdout: output.screen, stderr: messages.screen },
    output: output.screen,
    messages: messages.screen,
  });
  return { status, stdout: output.text(), stderr: messages.text() };
}

function recorder(screen: Partial<Screen>) {
  const pieces: Uint8Array[] = [];
  return {
    text: () => Buffer.concat(pieces).toString("utf8"),
    screen: {
      isTerminal: false,
      colour: false,
      width: undefined,
      ...screen,
      write: (text: string | Uint8Array) => void pieces.push(typeof text === "string" ? Buffer.from(text) : text),
    } satisfies Screen,
  };
}
