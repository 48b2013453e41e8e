import { proposeCompletions, type Application } from "@stricli/core";
import type { Context } from "./context.ts";

/**
 * Proposals for the last of `words`, a line each, as completion scripts read them. Options are proposed only to whoever
 * has typed a dash: an empty word is more likely to become a file name.
 */
export async function complete(app: Application<Context>, words: readonly string[], context: Context): Promise<string> {
  const proposals = await proposeCompletions(app, words, context);
  const wantsOption = words.at(-1)?.startsWith("-") === true;
  return proposals
    .filter(({ kind }) => kind !== "argument:flag" || wantsOption)
    .map(({ kind, completion, brief }) => (kind === "argument:value" ? `${completion}\n` : `${completion}\t${brief}\n`))
    .join("");
}
