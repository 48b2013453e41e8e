import type { Hunk } from "./patch.ts";

/** A comparison, ready to be shown: as text, or as a page. Nothing in it is escaped. */
export interface Document {
  readonly title: string;
  /** What a reader should know first. */
  readonly lead: readonly string[];
  /** Names of the two sides. */
  readonly sides: readonly [left: string, right: string];
  readonly sections: readonly Section[];
}

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly is: "text"; readonly text: string }
  | { readonly is: "list"; readonly items: readonly string[] }
  | { readonly is: "versus"; readonly rows: readonly VersusRow[] }
  | StepBlock
  | OrderBlock
  | SpansBlock
  | TableBlock
  | FilesBlock
  | { readonly is: "patch"; readonly path: string; readonly hunks: readonly Hunk[] };

/** One thing on both sides; where both say the same it is said once. */
export interface VersusRow {
  readonly label: string;
  readonly left: readonly string[];
  readonly right: readonly string[];
  /** A side that has nothing to offer here, and says why. */
  readonly unable?: "left" | "right" | "both";
}

export interface StepBlock {
  readonly is: "step";
  /** `3` for its turn; `+`, `-` or `~` for what became of it. */
  readonly mark: string;
  readonly id: string;
  readonly title: string;
  readonly origin: string;
  readonly isOnChain: boolean;
  readonly rows: readonly VersusRow[];
}

export interface OrderBlock {
  readonly is: "order";
  readonly script: readonly OrderedStep[];
  readonly levels: readonly (readonly OrderedStep[])[];
  readonly chain: readonly string[];
}

export interface OrderedStep {
  readonly id: string;
  readonly isOnChain: boolean;
}

/** When each thing was at work on either side. */
export interface SpansBlock {
  readonly is: "spans";
  /** Seconds, the length of the whole. */
  readonly until: number;
  readonly rows: readonly SpanRow[];
}

export interface SpanRow {
  readonly label: string;
  readonly left?: Span;
  readonly right?: Span;
}

/** Seconds from the beginning on. */
export interface Span {
  readonly begin: number;
  readonly end: number;
  /** `done`, or what went wrong. */
  readonly result: string;
}

/** The first column is text that may be wrapped, the others are short. */
export interface TableBlock {
  readonly is: "table";
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly numbers: boolean;
}

/** Files of one kind, the largest first. */
export interface FilesBlock {
  readonly is: "files";
  readonly title: string;
  readonly items: readonly FileItem[];
}

export interface FileItem {
  readonly sign: "+" | "-" | "~";
  readonly path: string;
  readonly note: string;
}

export function isSame({ left, right }: VersusRow): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index]);
}
