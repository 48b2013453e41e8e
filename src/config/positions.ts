/** Turns offsets into lines and columns of one text. */
export interface Positions {
  /** From an offset in UTF-16 units, as JavaScript counts, to 1-based line and column in code points. */
  at(offset: number): Position;
  /** Code points from `start` to `end`, but at most to the end of the line on which `start` lies; at least one. */
  lengthOnLine(start: number, end: number): number;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

export function positions(text: string): Positions {
  const starts = lineStarts(text);
  return {
    at: (offset) => {
      const clamped = Math.max(0, Math.min(offset, text.length));
      const line = lineOf(starts, clamped);
      return { line: line + 1, column: countCodePoints(text, starts[line] ?? 0, clamped) + 1 };
    },
    lengthOnLine: (start, end) => {
      const next = starts[lineOf(starts, start) + 1] ?? text.length;
      const written = text.slice(start, Math.min(end, next)).replace(/[\r\n]+$/, "");
      return Math.max(1, countCodePoints(written, 0, written.length));
    },
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Index of the last line that starts at or before an offset. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function countCodePoints(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; count++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return count;
}
