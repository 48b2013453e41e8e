import { printable } from "../diagnostics/cell.ts";
import { fold, padEnd, padStart, widthOf, wrap } from "./columns.ts";
import {
  isSame,
  type Block,
  type Document,
  type FilesBlock,
  type OrderBlock,
  type Span,
  type SpansBlock,
  type StepBlock,
  type TableBlock,
  type VersusRow,
} from "./document.ts";
import type { Hunk } from "./patch.ts";
import { countPhrase } from "./phrases.ts";

export interface TextOptions {
  /** Columns; fewer than 40 are taken for 40. */
  readonly width: number;
  readonly colour: boolean;
}

type Look = "title" | "heading" | "faint" | "left" | "right" | "chain" | "unable";
type Paint = (look: Look, text: string) => string;

/** What a block needs to know of the page it stands on. */
interface Page {
  readonly width: number;
  readonly sides: readonly [string, string];
  readonly paint: Paint;
}

/** A comparison for a person at a terminal. Ends in a line feed. */
export function documentText(document: Document, options: TextOptions): string {
  const width = Math.max(40, Math.min(options.width, 140));
  const page: Page = { width, sides: document.sides, paint: painter(options.colour) };
  const lead = document.lead.flatMap((line) => wrap(line, width));
  const sections = document.sections.flatMap(({ title, blocks }) => {
    const heading = `── ${printable(title)} `;
    return [
      "",
      page.paint("heading", heading + "─".repeat(Math.max(0, width - widthOf(heading)))),
      ...spaced(blocks, page),
    ];
  });
  return `${[page.paint("title", printable(document.title)), ...lead, ...sections].join("\n")}\n`;
}

function spaced(blocks: readonly Block[], page: Page): readonly string[] {
  return blocks.flatMap((block) => ["", ...blockLines(block, page)]);
}

function blockLines(block: Block, page: Page): readonly string[] {
  switch (block.is) {
    case "text":
      return wrap(block.text, page.width);
    case "list":
      return block.items.flatMap((item) => hanging("  · ", item, page.width));
    case "versus":
      return versusLines(block.rows, page, true);
    case "step":
      return stepLines(block, page);
    case "order":
      return orderLines(block, page);
    case "spans":
      return spansLines(block, page);
    case "table":
      return tableLines(block, page);
    case "files":
      return filesLines(block, page);
    case "patch":
      return patchLines(block.path, block.hunks, page);
  }
}

function hanging(sign: string, text: string, width: number): readonly string[] {
  const lines = wrap(text, width - widthOf(sign));
  return lines.map((line, index) => (index === 0 ? sign : " ".repeat(widthOf(sign))) + line);
}

const labelWidth = 13;
const gap = 2;

/** Two columns side by side, or one below the other where the terminal is too narrow for that. */
function versusLines(rows: readonly VersusRow[], page: Page, withHead: boolean): readonly string[] {
  const { width, sides, paint } = page;
  if (width < 70) return rows.flatMap((row) => stackedRow(row, page));
  const column = Math.floor((width - labelWidth - 2 * gap) / 2);
  const head = `${" ".repeat(labelWidth + gap)}${paint("left", padEnd(sides[0], column + gap))}${paint("right", sides[1])}`;
  return [...(withHead ? [head] : []), ...rows.flatMap((row) => besideRow(row, column, page))];
}

function besideRow(row: VersusRow, column: number, { width, paint }: Page): readonly string[] {
  const labels = wrap(row.label, labelWidth);
  const label = (index: number) => paint("faint", padEnd(labels[index] ?? "", labelWidth + gap));
  if (isSame(row)) {
    const lines = row.left.flatMap((line) => wrap(line, width - labelWidth - gap));
    return Array.from({ length: Math.max(lines.length, labels.length) }, (_, index) => {
      return (label(index) + (lines[index] ?? "")).trimEnd();
    });
  }
  const left = row.left.flatMap((line) => wrap(line, column));
  const right = row.right.flatMap((line) => wrap(line, column));
  return Array.from({ length: Math.max(left.length, right.length, labels.length) }, (_, index) => {
    const cell = (side: "left" | "right", text: string) =>
      paint(row.unable === side || row.unable === "both" ? "unable" : side, text);
    const first = padEnd(left[index] ?? "", column + gap);
    const second = right[index] ?? "";
    return `${label(index)}${cell("left", first)}${cell("right", second)}`.trimEnd();
  });
}

function stackedRow(row: VersusRow, { width, sides, paint }: Page): readonly string[] {
  const part = (side: 0 | 1, lines: readonly string[]) =>
    lines.flatMap((line, index) =>
      hanging(`    ${padEnd(index === 0 ? `${sides[side]}:` : "", 12)}`, line, width).map((one) =>
        paint(side === 0 ? "left" : "right", one),
      ),
    );
  if (isSame(row)) return row.left.flatMap((line) => hanging(`  ${padEnd(row.label, labelWidth + 1)}`, line, width));
  return [`  ${row.label}`, ...part(0, row.left), ...part(1, row.right)];
}

function stepLines({ mark, id, title, origin, isOnChain, rows }: StepBlock, page: Page): readonly string[] {
  const { paint, width } = page;
  const sign = `${padStart(mark, 2)} ${isOnChain ? "━" : " "} `;
  const about = [title, ...(origin === "" ? [] : [origin])].flatMap((line) => hanging(indent, line, width));
  const versus = versusLines(rows, { ...page, width: width - indent.length }, false);
  return [
    ...hanging(sign, id, width).map((line) => paint(isOnChain ? "chain" : "title", line)),
    ...about.map((line) => paint("faint", line)),
    ...versus.map((line) => indent + line),
  ];
}

const indent = "     ";

function orderLines({ script, levels, chain }: OrderBlock, page: Page): readonly string[] {
  const { paint, width, sides } = page;
  const column = Math.max(20, Math.floor((width - 4) / 3));
  const left = script.flatMap(({ id, isOnChain }, index) =>
    hanging(`${padStart(String(index + 1), 3)} ${isOnChain ? "━" : " "} `, id, column),
  );
  const below = levels.flatMap((level, index) =>
    level.flatMap((step, place) => {
      const when = padEnd(place > 0 ? "" : index === 0 ? "at once" : "then", 8);
      return hanging(`${when}${step.isOnChain ? "━" : " "} `, step.id, width - column - 4);
    }),
  );
  const head = `${paint("right", padEnd(sides[1], column + 4))}${paint("left", sides[0])}`;
  const lines = Array.from({ length: Math.max(left.length, below.length) }, (_, index) => {
    return `${padEnd(left[index] ?? "", column + 4)}${below[index] ?? ""}`.trimEnd();
  });
  const longest =
    chain.length < 2
      ? ["no step waits for another"]
      : wrap(`━ the longest chain, ${countPhrase(chain.length, "step")}: ${chain.join(" → ")}`, width);
  return [head, ...lines, "", ...longest.map((line) => paint("chain", line))];
}

/** A line for each side of each thing: its bar, and when it began and ended. */
function spansLines({ rows, until }: SpansBlock, { width, sides, paint }: Page): readonly string[] {
  const names = Math.max(...sides.map(widthOf));
  const times = 16;
  const column = Math.max(10, Math.min(Math.max(...rows.map(({ label }) => widthOf(label))), Math.floor(width / 3)));
  const bars = Math.max(8, width - column - names - times - 2 * gap);
  const at = (seconds: number) =>
    Math.max(0, Math.min(bars - 1, Math.floor((seconds / Math.max(until, 0.001)) * bars)));
  const bar = ({ begin, end }: Span) => " ".repeat(at(begin)) + "━".repeat(at(end) - at(begin) + 1);
  return rows.flatMap(({ label, left, right }) => {
    const labels = fold(label, column);
    const lines = ([left, right] as const).map((span, side) => {
      const time = span === undefined ? "" : padStart(`${span.begin.toFixed(2)} → ${span.end.toFixed(2)}`, times - gap);
      const failed = span === undefined || span.result === "done" ? "" : ` ${span.result}`;
      const text = `${padEnd(sides[side] ?? "", names)}${time}  ${span === undefined ? "  not done" : bar(span)}${failed}`;
      return `${padEnd(labels[side] ?? "", column + gap)}${paint(side === 0 ? "left" : "right", text.trimEnd())}`;
    });
    return [...lines, ...labels.slice(2)];
  });
}

function tableLines({ head, rows, numbers }: TableBlock, { width, paint }: Page): readonly string[] {
  const all = [head, ...rows].map((row) => row.map(printable));
  const widths = head.map((_, column) => all.reduce((most, row) => Math.max(most, widthOf(row[column] ?? "")), 0));
  const others = widths.slice(1).reduce((sum, one) => sum + one + gap, 0);
  const first = Math.max(8, Math.min(widths[0] ?? 0, width - others));
  return all.flatMap((row, index) => {
    const [name = "", ...rest] = row;
    const values = rest.map((value, column) => {
      const size = widths[column + 1] ?? 0;
      return " ".repeat(gap) + (numbers && index > 0 ? padStart(value, size) : padEnd(value, size));
    });
    const isLast = numbers && index === all.length - 1;
    return wrap(name, first).map((line, part) => {
      const text = `${padEnd(line, first)}${part === 0 ? values.join("") : ""}`.trimEnd();
      return index === 0 ? paint("faint", text) : isLast ? paint("title", text) : text;
    });
  });
}

/** Of the smaller ones there may be hundreds, and --format html or json has them all. */
const mostFiles = 12;

function filesLines({ title, items }: FilesBlock, { width, paint }: Page): readonly string[] {
  const more = items.length - mostFiles;
  const looks = { "+": "right", "-": "left", "~": "chain" } as const;
  const lines = items.slice(0, more === 1 ? mostFiles + 1 : mostFiles).flatMap(({ sign, path, note }) => {
    const [first = "", ...rest] = hanging(`  ${sign} `, path, width - 2);
    const noted =
      note === "" || widthOf(first) + widthOf(printable(note)) + 2 > width
        ? [first, ...rest, ...(note === "" ? [] : hanging("      ", note, width))]
        : [`${first}${padStart(printable(note), width - widthOf(first))}`, ...rest];
    return noted.map((line) => paint(looks[sign], line));
  });
  const rest = more > 1 ? [paint("faint", `    … and ${more} more`)] : [];
  return [`${printable(title)} (${items.length})`, ...lines, ...rest];
}

const signs = { same: " ", removed: "-", added: "+" } as const;
const looks = { same: "faint", removed: "left", added: "right" } as const;
const mostLines = 80;

function patchLines(path: string, hunks: readonly Hunk[], { paint, width }: Page): readonly string[] {
  const lines = hunks.flatMap((hunk) => [
    paint("faint", `@@ −${hunk.before} +${hunk.after} @@`),
    ...hunk.lines.flatMap(({ is, text }) =>
      text
        .split("\n")
        .flatMap((line) => fold(line, width - 1).map((one) => paint(looks[is], `${signs[is]}${one}`.trimEnd()))),
    ),
  ]);
  const more = lines.length - mostLines;
  const shown = more > 1 ? [...lines.slice(0, mostLines), paint("faint", `… and ${more} more lines`)] : lines;
  return [printable(path), ...shown];
}

const codes = {
  title: "1",
  heading: "1",
  faint: "2",
  left: "36",
  right: "32",
  chain: "33",
  unable: "31",
} as const satisfies Record<Look, string>;

function painter(colour: boolean): Paint {
  return colour ? (look, text) => (text === "" ? "" : `\u001b[${codes[look]}m${text}\u001b[0m`) : (_, text) => text;
}
