/** What is wrong with a text that is not TOML, in our words, and where: an offset in UTF-16 units. */
export interface SyntaxMistake {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}

/**
 * The earlier of the two parsers' complaints: each is now and then late (the one runs on to the next line, the
 * other to the end of the value). With a tie the second is the clearer.
 */
export function syntaxMistake(text: string, fromValueParser: unknown, fromTreeParser: unknown): SyntaxMistake {
  const complaints = [fromTreeParser, fromValueParser].map(complaintOf).filter((complaint) => complaint !== undefined);
  const first = complaints.reduce<Complaint | undefined>(
    (best, next) => (best === undefined || next.offset < best.offset ? next : best),
    undefined,
  );
  if (first === undefined) return { offset: 0, message: "this is not TOML" };
  return { offset: first.offset, ...inOurWords(first.message, text, first.offset) };
}

interface Complaint {
  readonly offset: number;
  readonly message: string;
}

/** @iarna/toml says `pos`, one more than the offset; toml-eslint-parser says `index`. */
function complaintOf(error: unknown): Complaint | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("index" in error && typeof error.index === "number") return { offset: error.index, message: error.message };
  if ("pos" in error && typeof error.pos === "number") {
    return { offset: Math.max(0, error.pos - 1), message: error.message.replace(/ at row \d+, col [^]*$/, "") };
  }
  return undefined;
}

type Words = Omit<SyntaxMistake, "offset">;

function inOurWords(message: string, text: string, offset: number): Words {
  const known = wordings.find(([pattern]) => pattern.test(message));
  if (known !== undefined) return known[1];
  const before = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  if (/=\s*$/.test(before)) return expectedValue;
  if (/^\s*\[[^\]]*$/.test(before)) return { message: "expected `]` after the key of a table header" };
  if (offset >= text.length) return { message: "the file ends in the middle of a value or a table header" };
  return { message: "unexpected character" };
}

const expectedValue: Words = {
  message: "expected a value here",
  hint: 'text stands in quotes: key = "text"; besides there are numbers, true, false, lists [ ] and tables { }',
};

const wordings: readonly (readonly [RegExp, Words])[] = [
  [/expecting string, number|missing-value|Missing value|Unspecified values/i, expectedValue],
  [/multiple times|redefine|already defined/i, { message: "this key or table is defined twice" }],
  [/Unterminated string/i, { message: "this string has no closing quote" }],
  [/Unterminated array/i, { message: "this list has no closing bracket" }],
  [
    /Unterminated inline (array|table)|No newlines are allowed between/i,
    {
      message: "an inline table must be closed on the line on which it begins",
      hint: "write it as a [table] of its own",
    },
  ],
  [/Unterminated table/i, { message: "this table header has no closing bracket" }],
  [/expected whitespace, \. or \]/i, { message: "expected `]` after the key of a table header" }],
  [/expected "="|equals sign/i, { message: "expected `=` after the key" }],
  [/missing-key|Missing key|empty bare key/i, { message: "expected a key" }],
  [/must be a newline|till end of line/i, { message: "expected the end of the line", hint: "one key per line" }],
  [/Control characters|Invalid control/i, { message: 'a control character; write it as \\uXXXX in a "string"' }],
  [/comma/i, { message: "expected a comma or a closing bracket" }],
  [/invalid date|Invalid Datetime/i, { message: "this date does not exist" }],
  [/invalid time/i, { message: "this time of day does not exist" }],
  [/leading zero/i, { message: "a number may not begin with zero", hint: 'a file mode is text: mode = "0644"' }],
  [/underscore/i, { message: "an underscore in a number stands between two digits" }],
  [/code point|unicode/i, { message: "this escape names no character" }],
  [/escape/i, { message: "unknown escape in a string", hint: "in 'single quotes' a backslash is only a backslash" }],
  [/dot/i, { message: "a dot in a key stands between two names" }],
];
