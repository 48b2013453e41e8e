import type { Requirement } from "../../plan/requirement.ts";

/** Paths in the image, and what brings them there. */
export interface SetupFiles {
  readonly keymap?: string;
  readonly font?: string;
  readonly takes: readonly Requirement[];
}
