import { constants } from "node:os";
import { interruption } from "../host/signals.ts";

export interface Leaving {
  /** Aborted by the signal. */
  readonly signal: AbortSignal;
  /** From here on a signal does no more than abort `signal`. */
  takeOver(): void;
}

/**
 * Runs `work` so that a signal ends the process in order: what is half made is removed as it exits (the temporary files
 * of host/, the children of execa), with the status that a shell gives it, 130 for Ctrl-C.
 */
export async function leavingOnSignal<T>(
  work: (leaving: Leaving) => Promise<T>,
  onLeave: () => void = () => undefined,
): Promise<T> {
  const interrupted = interruption();
  const { signal } = interrupted;
  let isTakenOver = false;
  signal.addEventListener("abort", () => {
    if (isTakenOver) return;
    onLeave();
    process.exit(statusAfter(signal.reason));
  });
  try {
    return await work({ signal, takeOver: () => void (isTakenOver = true) });
  } finally {
    interrupted.dispose();
  }
}

function statusAfter(reason: unknown): number {
  const number = Object.entries(constants.signals).find(([name]) => name === reason)?.[1];
  return 128 + (number ?? constants.signals.SIGINT);
}
