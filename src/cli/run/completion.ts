import { completionScripts, type Shell } from "../completion-scripts.ts";
import type { Context } from "../context.ts";

/** unitrd completion */
export function runCompletion(this: Context, _flags: object, shell: Shell): void {
  this.output.write(completionScripts[shell]);
}
