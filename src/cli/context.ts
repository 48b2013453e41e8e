import type { CommandContext } from "@stricli/core";
import type { Terminal } from "../vm/terminal.ts";

/** Standard output or standard error, as commands see it. */
export interface Screen {
  write(text: string | Uint8Array): void;
  readonly isTerminal: boolean;
  readonly colour: boolean;
  /** Columns of the terminal; undefined when it is none. */
  readonly width: number | undefined;
}

/** What a command has besides its arguments. */
export interface Context extends CommandContext {
  /** For what was asked for. */
  readonly output: Screen;
  /** For findings, progress, and everything else that is said along the way. */
  readonly messages: Screen;
  /** When a person sits at both standard input and standard output. */
  readonly terminal?: Terminal;
  /** Sets the exit status of the process; 0 when nobody does. */
  end(status: number): void;
}

/** The exit statuses of every command but `boot`, which has a table of its own (src/vm/outcome.ts). */
export const exits = {
  /** The declaration, the sysroot, the image or the machine has a fault; it has been told. */
  fault: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** unitrd itself has a fault: EX_SOFTWARE of sysexits.h. */
  bug: 70,
} as const;
