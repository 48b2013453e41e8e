import type { WriteStream } from "node:tty";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { renderDiagnostics } from "../diagnostics/render.ts";
import { wantsColour } from "../host/environment.ts";
import { exits, type Context, type Screen } from "./context.ts";

/** The context of this very process. When standard output cannot be written, its exit status is set. */
export function realContext(): Omit<Context, "end"> {
  const { stdin, stdout, stderr } = process;
  const closed = new Set<WriteStream>();
  const onError = (stream: WriteStream) => (error: NodeJS.ErrnoException) => {
    // Whoever read has read enough (`unitrd … | head`).
    if (error.code !== "EPIPE" && !closed.has(stream)) {
      process.exitCode = exits.fault;
      if (stream === stdout)
        stderr.write(renderDiagnostics([unprintable(error)], { sources: () => undefined, colour: false }));
    }
    closed.add(stream);
  };
  stdout.on("error", onError(stdout));
  stderr.on("error", onError(stderr));

  const screen = (stream: WriteStream): Screen => ({
    write(text) {
      if (!closed.has(stream)) stream.write(text);
    },
    isTerminal: isTerminal(stream),
    colour: wantsColour(isTerminal(stream)),
    get width() {
      return stream.isTTY ? stream.columns : undefined;
    },
  });
  const output = screen(stdout);
  const messages = screen(stderr);
  const terminal = stdin.isTTY && stdout.isTTY ? { terminal: { input: stdin, output: stdout } } : {};
  return { process: { stdout: output, stderr: messages }, output, messages, ...terminal };
}

/** Streams that are no terminal lack the property, whatever their type says. */
function isTerminal(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true;
}

function unprintable(error: Error): Diagnostic {
  const message = `standard output cannot be written: ${error.message}`;
  return { code: "U701", severity: "error", message, at: [] };
}
