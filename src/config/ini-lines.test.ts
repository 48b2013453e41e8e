import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { iniLines } from "./ini-lines.ts";

describe("iniLines", () => {
  it("keeps what stands there several times, with its line", () => {
    const { sections } = iniLines("[Route]\nGateway=a\n# no\n[Route]\nGateway=b\\\n c\nGateway=d\n");
    expect(sections.map(({ settings }) => settings.map(({ value, line }) => `${line}:${value}`))).toEqual([
      ["2:a"],
      ["5:b  c", "7:d"],
    ]);
  });

  it("says which lines it cannot read", () => {
    const { unreadable } = iniLines("Early=1\n[A]\nnothing\n=x\n__proto__=1\nta b=1\n");
    expect(unreadable.map(({ line }) => line)).toEqual([1, 3, 4, 5, 6]);
  });

  it("gives back any value on one line as it was written", () => {
    const values = fc.string({ unit: "binary" }).filter((value) => !/[\r\n\0]|\\$/.test(value));
    const words = fc.constantFrom("true", "null", '"a;b"', "'a", "a;b#c", "\\;", "1.1.1.1;8.8.8.8;", "", '"');
    fc.assert(
      fc.property(fc.oneof(values, words), (value) => {
        const { sections, unreadable } = iniLines(`[A]\nKey=${value}\n`);
        expect(unreadable).toEqual([]);
        expect(sections[0]?.settings).toEqual([{ section: "A", key: "Key", value: value.trim(), line: 2 }]);
      }),
    );
  });

  it("loses no line of any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const { sections, unreadable } = iniLines(text);
        const count = sections.reduce((sum, { settings }) => sum + settings.length, sections.length);
        const lines = text.split(/\r\n|[\r\n\0]/).filter((line) => line.trim() !== "" && !/^\s*[#;]/.test(line));
        if (!text.includes("\\")) expect(count + unreadable.length).toBe(lines.length);
      }),
    );
  });
});
