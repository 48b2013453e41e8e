import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commandWords, parseRules } from "./udev-tokens.ts";

const valuesOf = (text: string): readonly string[] =>
  parseRules(text).rules.flatMap((rule) => rule.tokens.map(({ value }) => value));

describe("parseRules", () => {
  it("reads keys with attributes and every operator", () => {
    const { rules, problems } = parseRules('A=="1", B{x/y}!="2" ,C+="3",D-="4", E:="5"  F="6"');
    expect(problems).toEqual([]);
    expect(rules[0]?.tokens.map(({ key, attribute, operator, value }) => [key, attribute, operator, value])).toEqual([
      ["A", undefined, "==", "1"],
      ["B", "x/y", "!=", "2"],
      ["C", undefined, "+=", "3"],
      ["D", undefined, "-=", "4"],
      ["E", undefined, ":=", "5"],
      ["F", undefined, "=", "6"],
    ]);
  });

  it("joins lines that end with a backslash, past comments between them", () => {
    const { rules } = parseRules('# first\n\nA=="1", \\\n  # a comment \\\n  B="2"\nC="3"\n');
    expect(rules.map(({ line, tokens }) => [line, tokens.length])).toEqual([
      [3, 2],
      [6, 1],
    ]);
  });

  it.each([
    [String.raw`A="say \"x\""`, 'say "x"'],
    [String.raw`A="\t"`, String.raw`\t`],
    [String.raw`A="a\\" , B="`, String.raw`a\" , B=`],
    [String.raw`A=e"a\n\x41\"\\"`, 'a\nA"\\'],
    [String.raw`A==i"abc"`, "abc"],
  ])("unescapes %s as udev does", (text, value) => {
    expect(valuesOf(text)).toEqual([value]);
  });

  it.each(["A=b", 'A="b', '="b"', "A", String.raw`A=e"\q"`, String.raw`A=e"\x00"`, 'A{b="c"'])("refuses %s", (text) => {
    expect(parseRules(`B="1"\n${text}`)).toMatchObject({ rules: [{ line: 1 }], problems: [{ line: 2 }] });
  });

  it("never throws, and reads a prefix of what it can read", () => {
    const piece = fc.constantFrom("A", "{", "}", "=", "+=", '"', "\\", "\n", " ", ",", "#", 'e"', "$env{X}", "é");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { rules, problems } = parseRules(pieces.join(""));
        expect(rules.length + problems.length).toBeLessThanOrEqual(pieces.length + 1);
      }),
    );
  });
});

describe("commandWords", () => {
  it("splits at spaces, keeps quoted words together, and knows no word that is filled in later", () => {
    expect(commandWords(`/bin/sh -c 'a b' "$env{X}" %k 100%% $$x`)).toEqual([
      "/bin/sh",
      "-c",
      "a b",
      undefined,
      undefined,
      "100%",
      "$x",
    ]);
  });
});
