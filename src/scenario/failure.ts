/** One thing that did not come true. */
export interface Failure {
  /** The key of the scenario whose line said so; `judge` answers with paths below its `[expect]`. */
  readonly path: readonly (string | number)[];
  readonly expected: string;
  readonly found: string;
  /** What was there instead and may be what was meant, or may explain it. */
  readonly near: readonly string[];
}

export type Judge = (failure: Failure) => void;
