/** How much line leaves a cell in a direction: none, light, heavy. */
export type Weight = 0 | 1 | 2;

/** The lines that meet in one cell of a drawing. */
export interface Joint {
  readonly up: Weight;
  readonly right: Weight;
  readonly down: Weight;
  readonly left: Weight;
}

/** The character of the block Box Drawing (U+2500 to U+257F) in which exactly these lines meet. */
export function boxCharacter({ up, right, down, left }: Joint): string {
  return characters[((up * 3 + right) * 3 + down) * 3 + left] ?? " ";
}

/** Straight lines that are not drawn through: what they connect is not required. */
export function brokenLine(direction: "across" | "along", weight: 1 | 2, how: "dashed" | "dotted"): string {
  return broken[how][direction][weight - 1] ?? " ";
}

const broken = {
  dashed: { across: ["╎", "╏"], along: ["╌", "╍"] },
  dotted: { across: ["┊", "┋"], along: ["┈", "┉"] },
} as const;

/** By up, right, down, left in the number system of base three: the last changes fastest. */
const characters: readonly string[] = [
  ...[" ", "╴", "╸", "╷", "┐", "┑", "╻", "┒", "┓"],
  ...["╶", "─", "╾", "┌", "┬", "┭", "┎", "┰", "┱"],
  ...["╺", "╼", "━", "┍", "┮", "┯", "┏", "┲", "┳"],
  ...["╵", "┘", "┙", "│", "┤", "┥", "╽", "┧", "┪"],
  ...["└", "┴", "┵", "├", "┼", "┽", "┟", "╁", "╅"],
  ...["┕", "┶", "┷", "┝", "┾", "┿", "┢", "╆", "╈"],
  ...["╹", "┚", "┛", "╿", "┦", "┩", "┃", "┨", "┫"],
  ...["┖", "┸", "┹", "┞", "╀", "╃", "┠", "╂", "╉"],
  ...["┗", "┺", "┻", "┡", "╄", "╇", "┣", "╊", "╋"],
];
