import type { Origin } from "./diagnostic.ts";

/** One link of a chain that leads from a line of TOML to a file: `filesystems."/"` → step mount:/ → program mount. */
export interface Reason {
  readonly what: string;
  readonly origin?: Origin;
}

/** Outermost first. */
export type Why = readonly Reason[];
