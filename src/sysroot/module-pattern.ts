/**
 * Whether `text` matches a shell pattern as fnmatch(3) without flags sees it: `*`, `?`, `[a-z]`, `[!a-z]`, and `\` before
 * a character that means itself. Takes at most time in the order of both lengths multiplied.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star: { readonly pattern: number; text: number } | undefined;

  while (t < text.length) {
    if (pattern[p] === "*") {
      p += 1;
      star = { pattern: p, text: t };
      continue;
    }
    const end = matchOne(pattern, p, text.charAt(t));
    if (end !== undefined) {
      p = end;
      t += 1;
    } else if (star !== undefined) {
      // Only the last star needs to be tried again: an earlier one that takes more leaves less for this one.
      star.text += 1;
      t = star.text;
      p = star.pattern;
    } else {
      return false;
    }
  }
  while (pattern[p] === "*") p += 1;
  return p === pattern.length;
}

/** The literal beginning of a pattern. */
export function literalPrefix(pattern: string): string {
  const wild = pattern.search(/[*?[\\]/);
  return wild === -1 ? pattern : pattern.slice(0, wild);
}

/** Where the pattern goes on after it matched one character, or undefined when it does not match. */
function matchOne(pattern: string, at: number, character: string): number | undefined {
  switch (pattern[at]) {
    case undefined:
      return undefined;
    case "?":
      return at + 1;
    case "[":
      return matchSet(pattern, at, character);
    case "\\":
      if (at + 1 === pattern.length) return undefined;
      return pattern[at + 1] === character ? at + 2 : undefined;
    default:
      return pattern[at] === character ? at + 1 : undefined;
  }
}

/** A bracket that is never closed means itself. */
function matchSet(pattern: string, at: number, character: string): number | undefined {
  const negated = pattern[at + 1] === "!" || pattern[at + 1] === "^";
  const first = at + (negated ? 2 : 1);
  // A closing bracket in the first place is a member.
  const end = pattern.indexOf("]", first + 1);
  if (end === -1) return character === "[" ? at + 1 : undefined;
  let found = false;
  for (let i = first; i < end; i += 1) {
    const low = pattern.charAt(i);
    if (pattern[i + 1] === "-" && i + 2 < end) {
      found ||= low <= character && character <= pattern.charAt(i + 2);
      i += 2;
    } else {
      found ||= low === character;
    }
  }
  return found === negated ? undefined : end + 1;
}
