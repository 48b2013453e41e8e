import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesPattern } from "./module-pattern.ts";

describe("matchesPattern", () => {
  it.each([
    ["pci:v00001AF4d*sv*", "pci:v00001AF4d00001000sv00001AF4", true],
    ["cpu:type:x86,ven*fam*mod*:feature:*0099*", "cpu:type:x86,ven0fam6mod1:feature:,0001,0099,", true],
    ["cpu:type:x86,ven*fam*mod*:feature:*0099*", "cpu:type:x86,ven0fam6mod1:feature:,0001,", false],
    ["sd?", "sda", true],
    ["sd?", "sd", false],
    ["[a-c]x", "bx", true],
    ["[!a-c]x", "bx", false],
    ["[]]x", "]x", true],
    ["[a", "[a", true],
    ["\\*", "*", true],
    ["\\*", "a", false],
    ["", "", true],
    ["*", "", true],
    ["a\\", "a\\", false],
  ])("%j on %j is %j", (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected);
  });

  it("agrees with a regular expression for stars and question marks", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
    fc.assert(
      fc.property(letters, fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 }), (pattern, text) => {
        const expression = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
        expect(matchesPattern(pattern, text)).toBe(expression.test(text));
      }),
    );
  });

  it("needs no exponential time for many stars", () => {
    expect(matchesPattern("a*".repeat(200) + "b", "a".repeat(5000))).toBe(false);
  });
});
