import type { StageOneKind } from "../stage-one/stage-one.ts";
import type { StageTwo } from "../scenario/stage-two-report.ts";
import { isInterface, seenDifference, type SeenDifference } from "./seen.ts";

/** One boot, as it was observed; times are seconds since the kernel started /init. */
export interface MeasuredBoot {
  readonly outcome: string;
  /** One sentence, without a full stop. */
  readonly because: string;
  /** A step each, in the order in which they began. */
  readonly steps: readonly StepTime[];
  /** Until the initrd began to hand over. */
  readonly handOver?: number;
  /** Until the real root's init began, without what the observer took. */
  readonly stageTwo?: number;
  /** Bytes of memory that were not available when the initrd began to hand over. */
  readonly memory?: number;
  /** What the real system finds; absent where it was not reached. */
  readonly seen?: StageTwo;
}

export interface StepTime {
  readonly id: string;
  readonly begin: number;
  readonly end: number;
  /** `done`, `failed`, … */
  readonly result: string;
}

/** Both boots of one declaration with the same disks. */
export interface Measured {
  /** Whose seconds these are: `counted` instructions of the guest, which repeat, or `real` time. */
  readonly clock: "counted" | "real";
  readonly systemd: MeasuredSide;
  readonly scripted: MeasuredSide;
  /** What a stage one did not reach or the two stage twos do not see alike. Nothing should be here. */
  readonly differences: readonly SeenDifference[];
  /** What is not alike and need not be. */
  readonly onPurpose: readonly SeenDifference[];
}

export interface MeasuredSide extends Omit<MeasuredBoot, "seen"> {
  /** Seconds in which two steps or more were at work. */
  readonly overlap: number;
  /** How much was compared. */
  readonly counts?: Readonly<Record<"mounts" | "mappings" | "parameters" | "modules", number>>;
}

/** Compares what two boots of one declaration led to; `declared` are the modules whose state is no accident. */
export function measured(
  boots: Readonly<Record<StageOneKind, MeasuredBoot>>,
  options: { readonly clock: Measured["clock"]; readonly declaredModules: readonly string[] },
): Measured {
  const { systemd, scripted } = boots;
  const seen =
    systemd.seen === undefined || scripted.seen === undefined
      ? { differences: [], onPurpose: [] }
      : seenDifference({ systemd: systemd.seen, scripted: scripted.seen }, options.declaredModules);
  const reached = (["systemd", "scripted"] as const).some((kind) => boots[kind].outcome !== "hand-over");
  const end = { what: "the end of the boot", systemd: systemd.outcome, scripted: scripted.outcome };
  return {
    clock: options.clock,
    systemd: sideOf(systemd),
    scripted: sideOf(scripted),
    differences: [...(reached ? [end] : []), ...seen.differences],
    onPurpose: seen.onPurpose,
  };
}

function sideOf({ seen, ...boot }: MeasuredBoot): MeasuredSide {
  const overlap = overlapOf(boot.steps);
  if (seen === undefined) return { ...boot, overlap };
  const counts = {
    mounts: seen.mounts.filter(({ path }) => !isInterface(path)).length,
    mappings: seen.mappings.length,
    parameters: seen.parameters.size,
    modules: seen.modules.length,
  };
  return { ...boot, overlap, counts };
}

/** Seconds in which two spans or more run. */
export function overlapOf(spans: readonly Pick<StepTime, "begin" | "end">[]): number {
  const turns = spans
    .flatMap(({ begin, end }) => [
      { at: begin, by: 1 },
      { at: end, by: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.by - b.by);
  let [running, since, sum] = [0, 0, 0];
  for (const { at, by } of turns) {
    if (running > 1) sum += at - since;
    running += by;
    since = at;
  }
  return sum;
}
