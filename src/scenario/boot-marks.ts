/** When a guest came to where, in seconds of the kernel's log, which is one clock for all stages of a boot. */
export interface BootMarks {
  /** The kernel started /init. */
  readonly init: number;
  /** The observer was at work: its time is none of the initrd's. */
  readonly observer?: readonly [begins: number, ends: number];
  /** The real root's init began; only the reporting root says so. */
  readonly stageTwo?: number;
}

/** Reads the section `marks` of a report; undefined where the kernel's log does not tell of /init. */
export function readMarks(text: string): BootMarks | undefined {
  const at = (what: string): number | undefined => {
    const line = text.split("\n").find((one) => one.includes(`] ${what}`));
    const time = Number(/^\[ *(\d+\.\d+)\]/.exec(line ?? "")?.[1] ?? NaN);
    return Number.isNaN(time) ? undefined : time;
  };
  const init = at("Run /");
  if (init === undefined) return undefined;
  const [begins, stageTwo] = [at("unitrd-mark: observer begins"), at("unitrd-mark: stage two begins")];
  const ends = at("unitrd-mark: observer ends") ?? begins;
  return {
    init,
    ...(begins === undefined || ends === undefined ? {} : { observer: [begins, ends] }),
    ...(stageTwo === undefined ? {} : { stageTwo }),
  };
}

/** Seconds from /init to the real root's init, without the observer's; undefined where that was not seen. */
export function secondsInInitrd({ init, observer, stageTwo }: BootMarks): number | undefined {
  if (stageTwo === undefined) return undefined;
  return stageTwo - init - (observer === undefined ? 0 : observer[1] - observer[0]);
}
