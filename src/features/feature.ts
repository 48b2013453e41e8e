import type * as z from "zod";
import type { Origin, Report } from "../diagnostics/diagnostic.ts";
import type { Taken } from "../plan/requirement.ts";
import type { BootStep } from "../stage-one/backends.ts";
import type { Tree } from "../sysroot/tree.ts";

/** What one table of the declaration adds to the boot. */
export interface Contribution {
  readonly steps?: readonly BootStep[];
  /** What goes into the image whatever the stage one. */
  readonly takes?: readonly Taken[];
}

/** What a feature is told besides its own table. */
export interface Input {
  /** Where a value of this table was written; `originOf()` is the table itself. */
  originOf(...path: readonly (string | number)[]): Origin;
  /** The bytes of a file that the declaration names at `path`; reports what is wrong and answers undefined. */
  readFile(named: string, origin: Origin): Uint8Array | undefined;
  /** Unpacks gzip; undefined when the bytes are not gzip. */
  gunzip(bytes: Uint8Array): Uint8Array | undefined;
  /** The text of a file of unitrd's own templates/. */
  template(path: string): string;
  /** What a program of the build machine writes on its standard output; run in the directory of the declaration. */
  runCommand(command: readonly string[], origin: Origin): CommandOutput;
  /** Where the initrd has what `[secrets]` declares under a name. */
  secretPath(name: string): string | undefined;
  /**
   * A private SSH host key that is kept beside the declaration, and made there when an image is built first. Reports
   * what keeps it from being read or made and answers undefined; `not made`: the declaration is only looked at.
   */
  hostKey(file: string, origin: Origin): HostKey | "not made" | undefined;
  readonly sysroot: Tree;
  /** /sys of the machine on which the image is built. */
  machine(): Tree;
  readonly report: Report;
}

/** What a program wrote, or why there is nothing: a phrase that goes on after its name. */
export type CommandOutput =
  | { readonly ok: true; readonly bytes: Uint8Array }
  /** `not run`: the declaration is only looked at, and no image is made. */
  | { readonly ok: false; readonly because: string };

/** A private key in OpenSSH's format. */
export interface HostKey {
  readonly bytes: Uint8Array;
  /** It was made just now. */
  readonly isNew: boolean;
  /** As clients know it: a line of a `.pub` file; empty for a key that was there. */
  readonly publicLine: string;
}

/** A thing that a person declares: one table, one folder below features/. */
export interface Feature<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  // Written as a method so that a list of features of several schemas is a list of features.
  contribute(value: z.output<Schema>, input: Input): Contribution;
}

export function defineFeature<Schema extends z.ZodType>(feature: Feature<Schema>): Feature<Schema> {
  return feature;
}
