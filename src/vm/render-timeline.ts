import type { BootTimeline, Mark, UnitTime } from "./timeline.ts";

export interface RenderOptions {
  /** Columns, at least 60. */
  readonly width: number;
  /** The step that a unit was made for. */
  readonly steps?: ReadonlyMap<string, string>;
  /** Units that took less than so many seconds and ended well are left out. Default 0.05; 0 shows all. */
  readonly shortest?: number;
}

/**
 * A boot as bars over time, a line a unit, from the moment PID 1 runs. Plain text; lines are at most `width` long.
 *
 *     seconds since the kernel     name              |   ####      |
 */
export function renderTimeline(timeline: BootTimeline, options: RenderOptions): string {
  const width = Math.max(60, options.width);
  const shown = timeline.units.filter((unit) => worthShowing(unit, options)).sort((a, b) => a.begin - b.begin);
  const span = spanOf(timeline, shown);
  if (span === undefined) return "the journal tells of no unit\n";
  const names = shown.map((unit) => nameOf(unit, options));
  const column = Math.min(Math.max(...names.map(({ length }) => length), 8), Math.floor(width * 0.45));
  const bars = width - column - 20;
  const lines = shown.map((unit, index) => line(unit, names[index] ?? "", { span, column, bars }));
  return [...lines, ...timeline.marks.map(markLine), ""].join("\n");
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function worthShowing(unit: UnitTime, { shortest = 0.05, steps }: RenderOptions): boolean {
  const took = unit.end === undefined ? Infinity : (unit.end - unit.begin) / 1e6;
  return took >= shortest || unit.result !== "done" || steps?.has(unit.unit) === true;
}

function spanOf({ units, marks }: BootTimeline, shown: readonly UnitTime[]): Span | undefined {
  if (shown.length === 0) return undefined;
  const times = [...units.flatMap(({ begin, end }) => [begin, end ?? begin]), ...marks.map(({ time }) => time)];
  const started = marks.find(({ what }) => what === "systemd" || what === "init")?.time;
  const from = started ?? times.reduce((a, b) => Math.min(a, b));
  return { from, to: Math.max(from + 1, ...times) };
}

function nameOf({ unit }: UnitTime, { steps }: RenderOptions): string {
  const step = steps?.get(unit);
  return step === undefined ? unit : `${step} (${unit})`;
}

function line(
  unit: UnitTime,
  name: string,
  size: { readonly span: Span; readonly column: number; readonly bars: number },
) {
  const { span, column, bars } = size;
  const at = (time: number) => {
    const share = (time - span.from) / (span.to - span.from);
    return Math.min(bars - 1, Math.max(0, Math.floor(share * bars)));
  };
  const first = at(unit.begin);
  const last = at(unit.end ?? span.to);
  const bar = " ".repeat(first) + sign(unit).repeat(last - first + 1);
  const took = unit.end === undefined ? "running" : `${((unit.end - unit.begin) / 1e6).toFixed(3)}s`;
  const begin = (unit.begin / 1e6).toFixed(3).padStart(8);
  return `${begin} ${fit(name, column)} ${took.padStart(8)} ${bar}`.trimEnd();
}

function sign({ result }: UnitTime): string {
  if (result === undefined) return ">";
  return result === "done" || result === "skipped" ? "=" : "!";
}

/** Cut in the middle: the ends of unit names tell most. */
function fit(name: string, column: number): string {
  if (name.length <= column) return name.padEnd(column);
  const head = Math.ceil((column - 1) / 2);
  return `${name.slice(0, head)}~${name.slice(name.length - (column - 1 - head))}`;
}

function markLine({ what, time }: Mark): string {
  return `${(time / 1e6).toFixed(3).padStart(8)} * ${markNames[what]}`;
}

const markNames = {
  init: "the kernel started /init",
  systemd: "systemd runs in the initrd",
  "initrd-done": "initrd.target reached",
  "switch-root": "switching root",
  "stage-two": "systemd runs in the real root",
} as const satisfies Record<Mark["what"], string>;
