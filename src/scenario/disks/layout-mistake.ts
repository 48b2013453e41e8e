import type { Code } from "../../diagnostics/diagnostic.ts";

/** A mistake that the schema cannot see; `path` leads to it from the layout. */
export interface LayoutMistake {
  readonly code: Code;
  readonly message: string;
  readonly hint?: string;
  readonly path: readonly (string | number)[];
}
