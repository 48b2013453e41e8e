import { cells } from "../diagnostics/cell.ts";
import { boxCharacter, brokenLine, type Joint, type Weight } from "./box-characters.ts";

export type Paint = (look: Look, text: string) => string;
export type Look = "plain" | "chain" | "faint";
export type LineStyle = "solid" | "dashed" | "dotted";

export interface Pen {
  readonly weight: 1 | 2;
  readonly style: LineStyle;
  /** Lines with one name join where they meet; lines of different names cross. */
  readonly name: string;
}

/** A drawing of lines and text in the cells of a terminal. */
export interface Canvas {
  /** A line along row `y` between two columns, both included; half of the end cells. */
  along(y: number, from: number, to: number, pen: Pen): void;
  /** A line down column `x` between two rows. */
  across(x: number, from: number, to: number, pen: Pen): void;
  text(x: number, y: number, text: string, look: Look): void;
  /** Lines of the drawing; `paint` may wrap pieces in colours. */
  lines(paint: Paint): readonly string[];
}

interface Cell {
  readonly strokes: Stroke[];
  text?: { readonly character: string; readonly look: Look };
}

interface Stroke extends Pen {
  readonly direction: keyof Joint;
}

export function canvas(): Canvas {
  const rows: Cell[][] = [];
  const cell = (x: number, y: number): Cell => {
    const row = (rows[y] ??= []);
    return (row[x] ??= { strokes: [] });
  };
  const stroke = (x: number, y: number, direction: keyof Joint, pen: Pen) => {
    cell(x, y).strokes.push({ ...pen, direction });
  };
  return {
    along(y, from, to, pen) {
      const [left, right] = [Math.min(from, to), Math.max(from, to)];
      for (let x = left; x <= right; x++) {
        if (x > left) stroke(x, y, "left", pen);
        if (x < right) stroke(x, y, "right", pen);
      }
    },
    across(x, from, to, pen) {
      const [top, bottom] = [Math.min(from, to), Math.max(from, to)];
      for (let y = top; y <= bottom; y++) {
        if (y > top) stroke(x, y, "up", pen);
        if (y < bottom) stroke(x, y, "down", pen);
      }
    },
    text(x, y, text, look) {
      let at = x;
      for (const { text: character, width } of cells(text)) {
        cell(at, y).text = { character, look };
        for (let more = 1; more < width; more++) cell(at + more, y).text = { character: "", look };
        at += width;
      }
    },
    lines: (paint) => Array.from(rows, (row) => renderRow(row, paint)),
  };
}

function renderRow(row: readonly (Cell | undefined)[] | undefined, paint: Paint): string {
  const pieces = Array.from(row ?? [], (cell) => (cell === undefined ? blank : shown(cell)));
  const end = pieces.findLastIndex(({ text }) => text !== " ") + 1;
  let line = "";
  for (let at = 0; at < end;) {
    const look = pieces[at]?.look ?? "plain";
    let next = at;
    while (next < end && pieces[next]?.look === look) next++;
    const text = pieces
      .slice(at, next)
      .map((piece) => piece.text)
      .join("");
    line += look === "plain" ? text : paint(look, text);
    at = next;
  }
  return line;
}

interface Shown {
  readonly text: string;
  readonly look: Look;
}

const blank: Shown = { text: " ", look: "plain" };

function shown({ strokes, text }: Cell): Shown {
  if (text !== undefined) return { text: text.character, look: text.look };
  const seen = visible(strokes);
  const joint = {
    up: weight(seen, "up"),
    right: weight(seen, "right"),
    down: weight(seen, "down"),
    left: weight(seen, "left"),
  };
  return { text: lineCharacter(joint, seen), look: seen.some((one) => one.weight === 2) ? "chain" : "plain" };
}

/** Where two lines cross that have nothing to do with each other, the one down passes behind the one along. */
function visible(strokes: readonly Stroke[]): readonly Stroke[] {
  const along = strokes.filter(({ direction }) => direction === "left" || direction === "right");
  const across = strokes.filter(({ direction }) => direction === "up" || direction === "down");
  const joins = along.some(({ name }) => across.some((other) => other.name === name));
  return along.length === 0 || joins ? strokes : along;
}

function weight(strokes: readonly Stroke[], direction: keyof Joint): Weight {
  return strokes.reduce<Weight>(
    (most, one) => (one.direction === direction && one.weight > most ? one.weight : most),
    0,
  );
}

function lineCharacter(joint: Joint, strokes: readonly Stroke[]): string {
  const { up, right, down, left } = joint;
  const isAlong = up === 0 && down === 0 && left === right;
  const isAcross = left === 0 && right === 0 && up === down;
  const style = strongest(strokes);
  if (style !== "solid" && isAlong && left !== 0) return brokenLine("along", left, style);
  if (style !== "solid" && isAcross && up !== 0) return brokenLine("across", up, style);
  return boxCharacter(joint);
}

function strongest(strokes: readonly Stroke[]): LineStyle {
  const has = (style: LineStyle) => strokes.some((one) => one.style === style);
  return has("solid") ? "solid" : has("dashed") ? "dashed" : "dotted";
}
