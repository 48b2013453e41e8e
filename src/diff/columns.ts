import { cells, printable } from "../diagnostics/cell.ts";

/** Columns that a text takes on a terminal; the text must be printable. */
export function widthOf(text: string): number {
  return cells(text).reduce((sum, { width }) => sum + width, 0);
}

/** Lines of at most `width` columns, broken at blanks, else after punctuation of paths and lists, else anywhere. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of printable(text)
    .split(" ")
    .flatMap((one) => pieces(one, width))) {
    const gap = line === "" || word.glued ? "" : " ";
    if (line !== "" && widthOf(line) + gap.length + widthOf(word.text) > width) {
      lines.push(line);
      line = word.text;
    } else line += gap + word.text;
  }
  return line === "" && lines.length > 0 ? lines : [...lines, line];
}

interface Piece {
  readonly text: string;
  /** Whether it belongs to the piece before it. */
  readonly glued: boolean;
}

function pieces(word: string, width: number): readonly Piece[] {
  if (widthOf(word) <= width) return [{ text: word, glued: false }];
  const parts = word.split(/(?<=[/,=@.:-])/).flatMap((part) => chopped(part, width));
  return parts.map((text, index) => ({ text, glued: index > 0 }));
}

/** The same without a look at words: blanks stay, and lines are full. */
export function fold(text: string, width: number): readonly string[] {
  const lines = chopped(printable(text), width);
  return lines.length === 0 ? [""] : lines;
}

function chopped(part: string, width: number): readonly string[] {
  const chunks: string[] = [];
  let chunk = "";
  for (const { text } of cells(part)) {
    if (chunk !== "" && widthOf(chunk + text) > width) {
      chunks.push(chunk);
      chunk = "";
    }
    chunk += text;
  }
  return chunk === "" ? chunks : [...chunks, chunk];
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - widthOf(text))) + text;
}
