import type { Code } from "./diagnostic.ts";

/** What docs/diagnostics.md says of a code. */
export interface CodeEntry {
  readonly title: string;
  /** One or more paragraphs of Markdown: what it means, and what to do. */
  readonly explanation: string;
}

export type CodeTable = Readonly<Partial<Record<Code, CodeEntry>>>;
