import { cells, type Cell } from "./cell.ts";

/** A line of source ready to print, and where below it the marks go, in columns of the terminal. */
export interface Snippet {
  readonly text: string;
  readonly indent: number;
  readonly marks: number;
}

/**
 * Shows a line so that `length` code points from the 1-based `column` can be marked below it. A line wider than
 * `room` is cut, with `…` where something is left out, so that the beginning of the mark can be seen.
 */
export function snippet(line: string, column: number, length: number, room: number): Snippet {
  const all = cells(line);
  const first = cellAt(all, column - 1);
  const last = Math.max(first, cellAt(all, column + length - 2));
  const shown = window(all, first, room);
  const before = all.slice(shown.from, first);
  const marked = all.slice(first, Math.min(last + 1, shown.to));
  const cutLeft = shown.from > 0;
  const cutRight = shown.to < all.length;
  return {
    text: `${cutLeft ? "…" : ""}${textOf(all.slice(shown.from, shown.to))}${cutRight ? "…" : ""}`,
    indent: widthOf(before) + (cutLeft ? 1 : 0),
    marks: Math.max(1, widthOf(marked)),
  };
}

/** Index of the cell that a code point is in; one past the last cell at and beyond the end of the line. */
function cellAt(all: readonly Cell[], codePoint: number): number {
  let seen = 0;
  const found = all.findIndex((cell) => (seen += cell.codePoints) > codePoint);
  return found === -1 ? all.length : found;
}

/** The part of a line to show: from some context before the mark for as long as there is room. */
function window(all: readonly Cell[], first: number, room: number): { readonly from: number; readonly to: number } {
  if (widthOf(all) <= room) return { from: 0, to: all.length };
  const usable = room - 2;
  let from = first;
  for (let before = 0; from > 0; from--) {
    before += all[from - 1]?.width ?? 0;
    if (before > usable / 3 && widthOf(all.slice(0, first + 1)) > usable) break;
  }
  let to = from;
  for (let used = 0; to < all.length; to++) {
    used += all[to]?.width ?? 0;
    if (used > usable && to > first) break;
  }
  return { from, to };
}

function widthOf(some: readonly Cell[]): number {
  return some.reduce((sum, cell) => sum + cell.width, 0);
}

function textOf(some: readonly Cell[]): string {
  return some.map((cell) => cell.text).join("");
}
