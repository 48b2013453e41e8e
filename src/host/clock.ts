/** Milliseconds since some moment in the past; never goes back. */
export function monotonicMilliseconds(): number {
  return performance.now();
}

export interface Timer {
  /** Resolves to `undefined` when the time is over; never, once cancelled. */
  readonly over: Promise<undefined>;
  cancel(): void;
}

/** A timer of so many seconds. Until it is over or cancelled it keeps the process alive. */
export function seconds(count: number): Timer {
  const { promise, resolve } = withResolver();
  const handle = setTimeout(() => resolve(undefined), count * 1000);
  return { over: promise, cancel: () => clearTimeout(handle) };
}

function withResolver() {
  let resolve: (value: undefined) => void = () => undefined;
  const promise = new Promise<undefined>((settle) => (resolve = settle));
  return { promise, resolve };
}
