/** One `KEY{attribute}OPERATOR"value"` of a rule. */
export interface RuleToken {
  readonly key: string;
  readonly attribute: string | undefined;
  readonly operator: "==" | "!=" | "+=" | "-=" | ":=" | "=";
  /** With escapes resolved; `$` and `%` substitutions are left. */
  readonly value: string;
}

export interface Rule {
  /** Where it begins, 1-based. */
  readonly line: number;
  readonly tokens: readonly RuleToken[];
}

/** A rule that udev would refuse. */
export interface RuleProblem {
  readonly line: number;
  /** As the end of a sentence: `a value is not quoted`. */
  readonly what: string;
}

export interface ParsedRules {
  readonly rules: readonly Rule[];
  readonly problems: readonly RuleProblem[];
}

/**
 * Parses a rules file (udev(7)). Lines beginning with `#` are comments, also between lines that are joined by a
 * backslash at the end. Never throws: a rule that cannot be read is a problem, and left out as udev leaves it out.
 */
export function parseRules(text: string): ParsedRules {
  const rules: Rule[] = [];
  const problems: RuleProblem[] = [];
  for (const { line, text: joined } of joinedLines(text)) {
    const tokens = parseRule(joined);
    if (typeof tokens === "string") problems.push({ line, what: tokens });
    else if (tokens.length > 0) rules.push({ line, tokens });
  }
  return { rules, problems };
}

function joinedLines(text: string): readonly { readonly line: number; readonly text: string }[] {
  const joined: { readonly line: number; readonly text: string }[] = [];
  let begun: { readonly line: number; text: string } | undefined;
  text.split("\n").forEach((raw, index) => {
    const line = raw.replace(/^[ \t\r]+/, "");
    if (line.startsWith("#")) return;
    const goesOn = line.endsWith("\\");
    begun ??= { line: index + 1, text: "" };
    begun.text += goesOn ? line.slice(0, -1) : line;
    if (goesOn) return;
    joined.push(begun);
    begun = undefined;
  });
  if (begun !== undefined) joined.push(begun);
  return joined;
}

/** Its tokens, or what is wrong with it. */
function parseRule(text: string): readonly RuleToken[] | string {
  const tokens: RuleToken[] = [];
  let rest = text;
  for (;;) {
    rest = rest.replace(/^[\s,]+/, "");
    if (rest === "") return tokens;
    const head = /^([^\s={}+\-!:"]+)(?:\{([^}]*)\})?\s*(==|!=|\+=|-=|:=|=)\s*/.exec(rest);
    const operator = operators.find((one) => one === head?.[3]);
    if (head === null || operator === undefined) return "it has no key and operator where one must be";
    rest = rest.slice(head[0].length);
    const quoted = /^([ei]{0,2})"/.exec(rest);
    if (quoted === null) return `the value of ${head[1] ?? "a key"} is not quoted`;
    const start = quoted[0].length;
    const escaped = quoted[1]?.includes("e") === true;
    const end = closingQuote(rest, start, escaped);
    if (end === undefined) return `the value of ${head[1] ?? "a key"} is not closed`;
    const raw = rest.slice(start, end);
    const value = escaped ? unescape(raw) : raw.replaceAll('\\"', '"');
    if (value === undefined) return `the value of ${head[1] ?? "a key"} has an unknown escape`;
    tokens.push({ key: head[1] ?? "", attribute: head[2], operator, value });
    rest = rest.slice(end + 1);
  }
}

const operators = ["==", "!=", "+=", "-=", ":=", "="] as const;

/** In a plain string only a quotation mark can be escaped: `"a\\"` goes on behind its second quotation mark. */
function closingQuote(text: string, start: number, escaped: boolean): number | undefined {
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '"') return at;
    if (text[at] === "\\" && (escaped || text[at + 1] === '"')) at += 1;
  }
  return undefined;
}

const simple: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  s: " ",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

/** As C-style escapes are in systemd.syntax(7); undefined for an unknown one or NUL. */
function unescape(raw: string): string | undefined {
  let refused = 0;
  const refuse = (): string => {
    refused += 1;
    return "";
  };
  const value = raw.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|([^]?))/g,
    (_, hex?: string, short?: string, long?: string, octal?: string, letter?: string) => {
      const digits = hex ?? short ?? long;
      if (letter !== undefined) return (Object.hasOwn(simple, letter) ? simple[letter] : undefined) ?? refuse();
      const code = digits === undefined ? parseInt(octal ?? "", 8) : parseInt(digits, 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : refuse();
    },
  );
  return refused === 0 ? value : undefined;
}

/**
 * Splits the value of RUN, PROGRAM or IMPORT into words: separated by spaces, quoted by `'` or `"`. A word in which udev
 * would substitute something (`$env{…}`, `%k`) is undefined.
 */
export function commandWords(value: string): readonly (string | undefined)[] {
  const words = value.match(/(?:'[^']*'|"[^"]*"|[^\s'"]|['"])+/g) ?? [];
  return words.map((word) => {
    const plain = /^(['"])(.*)\1$/s.exec(word)?.[2] ?? word;
    const escaped = plain.replaceAll("$$", "").replaceAll("%%", "");
    return /[$%]/.test(escaped) ? undefined : plain.replaceAll("$$", "$").replaceAll("%%", "%");
  });
}
