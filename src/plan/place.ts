import type { Origin } from "../diagnostics/diagnostic.ts";

/** Steps that another comes before or after for no reason but that a person says so. */
export type Place = { readonly origin: Origin } &
  /** One step by its id; a circle is an error, and so is a step that does not exist. */
  (
    | { readonly is: "step"; readonly id: string }
    /** Every step that makes such a thing, or that makes or needs it, or every step; those that would close a circle not. */
    | { readonly is: "every"; readonly makes?: "device" | "mount"; readonly touches?: "device" }
  );
