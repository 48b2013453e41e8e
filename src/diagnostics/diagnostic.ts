import { basename } from "node:path/posix";

/** Where in a declaration a value was written. Lines and columns are 1-based; columns count code points. */
export interface Origin {
  /** The file as the person named it. */
  readonly file: string;
  /** The key path as it would be written in TOML: `filesystems."/".device`. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** How many code points of that line it takes, for the marks under a snippet; one when it is not said. */
  readonly length?: number;
  /** True when the value is a default: the position is then that of the table it fills. */
  readonly isDefault: boolean;
}

export type Severity = "error" | "warning" | "hint";
export type Code = `U${number}`;

/** One finding, as data. Rendering it is the work of `renderDiagnostics`; only the command line prints. */
export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  /** What is wrong, one sentence without a final full stop. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly at: readonly Origin[];
}

/** Receives findings; every room that can find something takes one instead of throwing. */
export type Report = (diagnostic: Diagnostic) => void;

/** A report that keeps what it is told, in order. */
export interface Findings {
  readonly report: Report;
  readonly all: readonly Diagnostic[];
  hasErrors(): boolean;
}

export function findings(): Findings {
  const all: Diagnostic[] = [];
  return {
    all,
    report: (diagnostic) => {
      all.push(diagnostic);
    },
    hasErrors: () => all.some((diagnostic) => diagnostic.severity === "error"),
  };
}

/**
 * `machine.toml:7 filesystems."/"`: the short form that goes into the image and appears on a machine's console. The file
 * without its directory: an image is the same wherever it was built.
 */
export function shortOrigin(origin: Origin): string {
  return `${basename(origin.file)}:${origin.line} ${origin.path}`;
}
