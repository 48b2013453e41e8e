import type { Context } from "./context.ts";

/** A line that a person sees while waiting, and that leaves no trace. */
export interface ProgressLine {
  show(what: string): void;
  clear(): void;
}

export function progressLine({ messages }: Context, silent: boolean): ProgressLine {
  if (silent || !messages.isTerminal) return { show: () => undefined, clear: () => undefined };
  const clear = () => messages.write("\r\u001b[K");
  return {
    show: (what) => {
      const line = `unitrd: ${what} …`.replaceAll(/\p{C}/gu, "?");
      messages.write(`\r\u001b[K${line.slice(0, Math.max(0, (messages.width ?? 80) - 1))}`);
    },
    clear,
  };
}
