import type { ReadStream, WriteStream } from "node:tty";

/** Where a person sits. Neither need be a terminal: then nothing is read, or nothing is reset. */
export interface Terminal {
  readonly input: ReadStream;
  readonly output: WriteStream;
}

export interface Session {
  show(piece: Uint8Array): void;
  /** Puts the terminal back as it was. May be called twice. */
  detach(): void;
}

/** Ctrl-]: no shell or editor wants it, and telnet has taught it to many. */
const leaveKey = 0x1d;

/**
 * Connects a person with the console of a guest: every key goes there, Ctrl-C too, except Ctrl-] which calls `onLeave`.
 * The terminal is put back when the process exits by whatever path runs JavaScript, and on `detach`.
 */
export function attachTerminal(
  terminal: Terminal,
  on: { readonly keys: (keys: Uint8Array) => void; readonly leave: () => void },
): Session {
  const { input, output } = terminal;
  const onData = (piece: Uint8Array) => {
    const leaveAt = piece.indexOf(leaveKey);
    const keys = leaveAt === -1 ? piece : piece.subarray(0, leaveAt);
    if (keys.length > 0) on.keys(keys);
    if (leaveAt !== -1) on.leave();
  };
  let attached = true;
  const detach = () => {
    if (!attached) return;
    attached = false;
    process.off("exit", detach);
    input.off("data", onData);
    if (input.isTTY) {
      resetMode(input);
      input.pause();
      input.unref();
    }
    // A failed write says so here first and by an event afterwards.
    output.write(output.isTTY ? calmScreen : "", (error) => {
      if (!error) output.off("error", ignore);
    });
  };

  process.on("exit", detach);
  // A window that is closed takes its terminal away before its signal arrives.
  output.on("error", ignore);
  if (input.isTTY) {
    output.write("unitrd: the console of the machine; Ctrl-] leaves it\r\n");
    input.setRawMode(true);
    input.ref();
    input.on("data", onData);
    input.resume();
  }
  return { show: (piece) => void output.write(piece), detach };
}

function resetMode(input: ReadStream): void {
  try {
    input.setRawMode(false);
  } catch {
    // The terminal is gone: nobody misses its mode.
  }
}

function ignore(): void {
  // Whoever watched has left; the boot itself is ended by the signal that follows.
}

/** What a guest may have left behind: colours, no cursor, no wrapping, bracketed paste, another character set. */
const calmScreen = "\u001b[0m\u001b[?25h\u001b[?7h\u001b[?2004l\u001b(B\r\n";
