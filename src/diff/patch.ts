/** A line of a unified diff, without its sign. */
export interface PatchLine {
  readonly is: "same" | "removed" | "added";
  readonly text: string;
}

/** Lines that changed, with some around them. Line numbers are 1-based. */
export interface Hunk {
  readonly before: number;
  readonly after: number;
  readonly lines: readonly PatchLine[];
}

/** Lines around a change. */
const context = 3;
/** Beyond this the search costs more than a person would read. */
const mostEdits = 400;

/**
 * How one text becomes another, in the fewest lines that go and come (Myers, "An O(ND) Difference Algorithm", 1986);
 * nothing for equal texts, undefined when they have too little in common.
 *
 * @param meaning what of a line counts; of two lines that mean the same the later is shown.
 */
export function patch(
  before: string,
  after: string,
  meaning: (line: string) => string = (line) => line,
): readonly Hunk[] | undefined {
  const shown = { a: linesOf(before), b: linesOf(after) };
  const [a, b] = [shown.a.map(meaning), shown.b.map(meaning)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const middle = shortestEdit(a.slice(start, a.length - end), b.slice(start, b.length - end));
  if (middle === undefined) return undefined;
  const same = (text: string): PatchLine => ({ is: "same", text });
  const lines = [...a.slice(0, start).map(same), ...middle, ...a.slice(a.length - end).map(same)];
  return hunks(asWritten(lines, shown.a, shown.b));
}

function asWritten(lines: readonly PatchLine[], a: readonly string[], b: readonly string[]): readonly PatchLine[] {
  let before = 0;
  let after = 0;
  return lines.map(({ is }) => {
    const text = (is === "removed" ? a[before] : b[after]) ?? "";
    if (is !== "added") before++;
    if (is !== "removed") after++;
    return { is, text };
  });
}

/** The last line of a text without a final line feed differs from the same with one. */
function linesOf(text: string): readonly string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  const last = lines.pop();
  return last === "" || last === undefined ? lines : [...lines, `${last}\n\\ no newline at the end`];
}

function shortestEdit(a: readonly string[], b: readonly string[]): readonly PatchLine[] | undefined {
  const furthest = new Map<number, number>([[1, 0]]);
  const trail: ReadonlyMap<number, number>[] = [];
  for (let edits = 0; edits <= Math.min(a.length + b.length, mostEdits); edits++) {
    trail.push(new Map(furthest));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = startOf(furthest, diagonal, edits);
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      furthest.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return wayBack(a, b, trail);
    }
  }
  return undefined;
}

/** Where an edit arrives that comes from a neighbouring diagonal. */
function startOf(furthest: ReadonlyMap<number, number>, diagonal: number, edits: number): number {
  return comesDown(furthest, diagonal, edits)
    ? (furthest.get(diagonal + 1) ?? 0)
    : (furthest.get(diagonal - 1) ?? 0) + 1;
}

/** Down from the diagonal above (a line comes), or right from the one below (a line goes): whichever got further. */
function comesDown(furthest: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  return diagonal !== edits && (furthest.get(diagonal - 1) ?? -1) < (furthest.get(diagonal + 1) ?? -1);
}

function wayBack(
  a: readonly string[],
  b: readonly string[],
  trail: readonly ReadonlyMap<number, number>[],
): readonly PatchLine[] {
  const lines: PatchLine[] = [];
  let x = a.length;
  let y = b.length;
  for (let edits = trail.length - 1; edits >= 0; edits--) {
    const furthest = trail[edits] ?? new Map<number, number>();
    const diagonal = x - y;
    const from = startOf(furthest, diagonal, edits);
    while (x > from && y > from - diagonal) {
      lines.push({ is: "same", text: a[x - 1] ?? "" });
      x--;
      y--;
    }
    if (edits === 0) break;
    if (comesDown(furthest, diagonal, edits)) lines.push({ is: "added", text: b[--y] ?? "" });
    else lines.push({ is: "removed", text: a[--x] ?? "" });
  }
  return lines.reverse();
}

function hunks(lines: readonly PatchLine[]): readonly Hunk[] {
  const result: { before: number; after: number; lines: PatchLine[] }[] = [];
  const isNear = nearChanges(lines);
  let before = 1;
  let after = 1;
  lines.forEach((line, index) => {
    if (isNear[index] === true) {
      const open = isNear[index - 1] === true ? result.at(-1) : undefined;
      if (open === undefined) result.push({ before, after, lines: [line] });
      else open.lines.push(line);
    }
    if (line.is !== "added") before++;
    if (line.is !== "removed") after++;
  });
  return result;
}

function nearChanges(lines: readonly PatchLine[]): readonly boolean[] {
  const near = new Array<boolean>(lines.length).fill(false);
  lines.forEach((line, index) => {
    if (line.is === "same") return;
    near.fill(true, Math.max(0, index - context), Math.min(lines.length, index + context + 1));
  });
  return near;
}
