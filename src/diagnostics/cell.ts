/** What one code point, with the marks that combine with it, takes on a terminal. */
export interface Cell {
  /** What to print: never a control character, nor anything that reorders or hides other text. */
  readonly text: string;
  /** Columns. */
  readonly width: number;
  /** Code points of the source that it stands for. */
  readonly codePoints: number;
}

/** A line of source as cells. Tabs become spaces, what must not reach a terminal `\u{…}`. */
export function cells(line: string): readonly Cell[] {
  const all: Cell[] = [];
  for (const character of line) {
    const last = all.at(-1);
    if (/^\p{M}$/u.test(character) && last !== undefined) {
      all[all.length - 1] = { ...last, text: last.text + character, codePoints: last.codePoints + 1 };
    } else all.push({ ...shown(character), codePoints: 1 });
  }
  return all;
}

/** Text of a message, safe to print on a terminal: one line, nothing that acts. */
export function printable(text: string): string {
  return Array.from(text, (character) => (isUnsafe(character) ? escaped(character) : character)).join("");
}

const tab = { text: "    ", width: 4 };

function shown(character: string): { readonly text: string; readonly width: number } {
  if (character === "\t") return tab;
  if (isUnsafe(character)) return { text: escaped(character), width: escaped(character).length };
  if (/^\p{M}$/u.test(character)) return { text: `◌${character}`, width: 1 };
  return { text: character, width: isWide(character) ? 2 : 1 };
}

/**
 * Control characters can move the cursor or set the title of a window; format characters (bidirectional overrides,
 * zero-width spaces) show a text that is not there; unpaired surrogates cannot be encoded.
 */
function isUnsafe(character: string): boolean {
  return /^[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]$/u.test(character);
}

function escaped(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Wide or full-width in the sense of Unicode's East Asian Width (UAX #11). */
function isWide(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x1100) return false;
  if (/^\p{Emoji_Presentation}$/u.test(character)) return !/^\p{Regional_Indicator}$/u.test(character);
  return wideRanges.some(([first, last]) => code >= first && code <= last);
}

const wideRanges = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x3247],
  [0x3250, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18d8f],
  [0x1aff0, 0x1b2fb],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
] as const;
