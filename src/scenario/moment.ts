import * as z from "zod";
import { duration } from "./expectation.ts";

/** When something happens, in seconds: after the start of the machine, or after a text on its console. */
export interface Moment {
  readonly when?: string | undefined;
  readonly after?: number | undefined;
}

/** The two ways to write one, for values that can be something else too. */
export const momentWays = [
  duration.transform((after): Moment => ({ after })),
  z.strictObject({ when: z.string().min(1), after: duration.optional() }),
] as const;

export const momentError =
  'a moment is "6s" after the start of the machine, or { when = "text of the console", after = "2s" }';

export const momentSchema = z.union(momentWays, { error: momentError });
