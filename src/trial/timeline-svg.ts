import type { BootTimeline, UnitTime } from "../vm/timeline.ts";

/** A boot as bars over time, for a page: colours come from the page's style (bar, step, bad, soft). */
export function timelineSvg(timeline: BootTimeline, steps: ReadonlyMap<string, string> = new Map()): string {
  const units = timeline.units.filter((unit) => worthShowing(unit, steps)).toSorted((a, b) => a.begin - b.begin);
  const times = [
    ...timeline.marks.map(({ time }) => time),
    ...units.flatMap(({ begin, end }) => [begin, end ?? begin]),
  ];
  const from = times.reduce((a, b) => Math.min(a, b), Infinity);
  const to = times.reduce((a, b) => Math.max(a, b), from + 1);
  const x = (time: number): number => left + ((time - from) / (to - from)) * (width - left - right);
  const height = top + units.length * row + 10;
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="time line of the boot">`,
    ...ticks(from, to).map(
      (time) =>
        `<line x1="${x(time).toFixed(1)}" x2="${x(time).toFixed(1)}" y1="${top - 6}" y2="${height}"/>` +
        `<text class="soft" x="${x(time).toFixed(1)}" y="${top - 10}" font-size="11" text-anchor="middle">${(time / 1e6).toFixed(1)} s</text>`,
    ),
    ...units.map((unit, index) => bar(unit, top + index * row, x, to, steps.get(unit.unit))),
    "</svg>",
  ].join("\n");
}

const width = 1000;
const left = 330;
const right = 60;
const top = 30;
const row = 18;

function worthShowing({ unit, begin, end, result }: UnitTime, steps: ReadonlyMap<string, string>): boolean {
  return steps.has(unit) || result !== "done" || end === undefined || end - begin >= 50_000;
}

function ticks(from: number, to: number): readonly number[] {
  const step =
    [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120, 300].map((s) => s * 1e6).find((s) => (to - from) / s <= 12) ?? 6e8;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, index) => (first + index) * step);
}

function bar(unit: UnitTime, y: number, x: (time: number) => number, to: number, step: string | undefined): string {
  const end = unit.end ?? to;
  const kind = unit.result === "done" || unit.result === "skipped" ? (step === undefined ? "bar" : "step") : "bad";
  const [x1, x2] = [x(unit.begin), Math.max(x(end), x(unit.begin) + 2)];
  const name = step === undefined ? unit.unit : `${step}  ${unit.unit}`;
  const short = name.length > 46 ? `${name.slice(0, 45)}…` : name;
  const told = `${name}: ${unit.result ?? "still starting"}, ${((end - unit.begin) / 1e6).toFixed(3)} s`;
  return (
    `<g><title>${escapedText(told)}</title>` +
    `<text x="${left - 8}" y="${y + 12}" font-size="11" text-anchor="end">${escapedText(short)}</text>` +
    `<rect class="${kind}" x="${x1.toFixed(1)}" y="${y + 3}" width="${(x2 - x1).toFixed(1)}" height="${row - 6}" rx="2"/></g>`
  );
}

function escapedText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
