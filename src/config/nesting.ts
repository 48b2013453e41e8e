/** Real declarations nest five deep; beyond this a recursive reader would run out of stack. */
export const nestingLimit = 64;

/**
 * The offset at which lists, inline tables and dotted keys first nest deeper than `limit`, if they do. Runs before
 * the parsers, which are recursive, and so knows of TOML only what hides a bracket: strings and comments.
 */
export function tooDeepAt(text: string, limit = nestingLimit): number | undefined {
  let brackets = 0;
  let dots = 0;
  let at = 0;
  while (at < text.length) {
    const end = skipText(text, at);
    if (end > at) {
      at = end;
      continue;
    }
    const character = text[at];
    if (character === ".") dots++;
    else if (character === "[" || character === "{") {
      brackets++;
      dots = 0;
    } else if (character === "]" || character === "}") brackets = Math.max(0, brackets - 1);
    else if (character === "\n" || character === "," || character === "=") dots = 0;
    if (brackets > limit || dots >= limit) return at;
    at++;
  }
  return undefined;
}

/** Where the string or comment that starts at an offset ends; the offset itself when none does. */
function skipText(text: string, at: number): number {
  if (text[at] === "#") return endOr(text, text.indexOf("\n", at));
  const quote = text[at];
  if (quote !== '"' && quote !== "'") return at;
  const triple = quote.repeat(3);
  const opening = text.startsWith(triple, at) ? triple : quote;
  return skipString(text, at + opening.length, opening);
}

function skipString(text: string, start: number, closing: string): number {
  let at = start;
  while (at < text.length) {
    if (text[at] === "\\" && closing.startsWith('"')) at += 2;
    else if (text.startsWith(closing, at)) return at + closing.length;
    else if (text[at] === "\n" && closing.length === 1) return at;
    else at++;
  }
  return text.length;
}

function endOr(text: string, at: number): number {
  return at === -1 ? text.length : at;
}
