import { readFileSync } from "node:fs";
import * as z from "zod";
import { parse } from "@iarna/toml";

const difference = z.strictObject({
  what: z.string().min(1),
  systemd: z.string().min(1),
  scripted: z.string().min(1),
  why: z.string().min(1),
  /** Holds for every scenario: its judge knows about it. */
  everywhere: z.boolean().default(false),
  /** The scenarios that expect something else of one stage one for this reason, or hold for one alone. */
  scenarios: z.array(z.string()).default([]),
});
export type Difference = z.infer<typeof difference>;

/** What the two stage ones do differently on purpose, from qemu-tests/differences.toml. */
export function differences(): readonly Difference[] {
  const text = readFileSync(new URL("../qemu-tests/differences.toml", import.meta.url), "utf8");
  return z.strictObject({ difference: z.array(difference) }).parse(parse(text)).difference;
}
