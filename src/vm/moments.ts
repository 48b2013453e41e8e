import { seconds } from "../host/clock.ts";
import type { Timer } from "../host/clock.ts";
import { appears } from "./typing.ts";

/** When something happens to a machine: so long after a text is on its console, or after its start. */
export interface Moment {
  /** Compared as a typing rule is: without regard to white space. */
  readonly when?: string;
  /** Seconds; default none. */
  readonly after?: number;
}

export interface Moments {
  /** Takes console text without escape sequences. */
  hear(text: string): void;
  /** Resolves at the moment, at once when it is over; never once cancelled. */
  reached(moment: Moment): Promise<void>;
  cancel(): void;
}

/** Follows the console of one machine from its start. */
export function moments(): Moments {
  let heard = "";
  let waiting: { readonly text: string; readonly done: () => void }[] = [];
  const timers = new Set<Timer>();

  const shown = (text: string): Promise<void> =>
    appears(text, heard) ? Promise.resolve() : new Promise((done) => waiting.push({ text, done }));

  return {
    hear(text) {
      heard = (heard + text).slice(-longest);
      const still = waiting.filter(({ text: wanted, done }) => {
        // What was there before has been looked at; a match may begin in it.
        if (!appears(wanted, heard.slice(-(text.length + window)))) return true;
        done();
        return false;
      });
      waiting = still;
    },
    async reached({ when, after }) {
      if (when !== undefined) await shown(when);
      if (after === undefined || after === 0) return;
      const timer = seconds(after);
      timers.add(timer);
      await timer.over;
      timers.delete(timer);
    },
    cancel() {
      waiting = [];
      for (const timer of timers) timer.cancel();
      timers.clear();
    },
  };
}

const longest = 1024 ** 2;
const window = 4096;
