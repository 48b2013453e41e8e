export interface Interruption {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP; its reason is the signal's name. */
  readonly signal: AbortSignal;
  /** Listens no longer; must be called, or the signals stay without effect. */
  dispose(): void;
}

/**
 * Turns the signals that ask a process to end into an `AbortSignal`, so that what has been begun can be put in order. A
 * second Ctrl-C ends the process as it would have without us; the others may come twice by themselves (a terminal that
 * closes sends SIGHUP from two sides).
 */
export function interruption(): Interruption {
  const controller = new AbortController();
  const dispose = () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted && signal === "SIGINT") {
      dispose();
      process.kill(process.pid, signal);
    }
    controller.abort(signal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return { signal: controller.signal, dispose };
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
