import * as z from "zod";
import { expectationSchema, type Expectation } from "./expectation.ts";
import { type Mistake, mistakesIn } from "./mistake.ts";
import { mergeTables } from "./variants.ts";

export const stageOneKinds = ["systemd", "scripted"] as const;
export type StageOneKind = (typeof stageOneKinds)[number];

const otherwise = z.record(z.string(), z.unknown()).optional();

/** `[expect]`, with what is expected otherwise of one of the stage ones in `[expect.systemd]` or `[expect.scripted]`. */
export const expectationsSchema = expectationSchema.extend({
  systemd: otherwise.meta({ description: "Laid over the rest of `expect` when the systemd stage one boots" }),
  scripted: otherwise.meta({ description: "Laid over the rest of `expect` when the script boots" }),
});

/** What is expected of a stage one of which something is expected otherwise than of both. */
export type OwnExpectations = Readonly<Partial<Record<StageOneKind, Expectation>>>;

/** What is expected of each stage one, and every mistake in what is expected otherwise of one; paths begin at `expect`. */
export function expectationsOf(raw: unknown): {
  readonly expectations: OwnExpectations;
  readonly mistakes: readonly Mistake[];
} {
  const table = z.record(z.string(), z.unknown()).safeParse(raw);
  const { systemd, scripted, ...common } = table.data ?? {};
  const own = { systemd, scripted };
  const mistakes: Mistake[] = [];
  const expectations: Partial<Record<StageOneKind, Expectation>> = {};
  for (const kind of stageOneKinds) {
    const over = otherwise.safeParse(own[kind]).data;
    if (over === undefined) continue;
    const parsed = expectationSchema.safeParse(mergeTables(common, over));
    if (parsed.success) expectations[kind] = parsed.data;
    else mistakes.push(...mistakesIn(parsed.error).map((one) => ({ ...one, path: ["expect", kind, ...one.path] })));
  }
  return { expectations, mistakes };
}
