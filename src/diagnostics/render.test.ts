import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Diagnostic, Origin } from "./diagnostic.ts";
import { diagnosticsAsJson, renderDiagnostics, summary } from "./render.ts";

const source = '[image]\ndrivers = "virtio"\n\n[filesystems."/"]\ntype = "ext4"\n\n  uuid = "0f3c"\n';

describe("a rendered finding", () => {
  test("shows message, place, line, mark and help", () => {
    const found: Diagnostic = {
      code: "U011",
      severity: "error",
      message: 'unknown key `uuid` in `filesystems."/"`',
      hint: "did you mean `device`?",
      at: [origin({ line: 7, column: 3, length: 4 })],
    };
    expect(render([found])).toBe(
      [
        'error[U011]: unknown key `uuid` in `filesystems."/"`',
        " --> machine.toml:7:3",
        "  |",
        '7 |   uuid = "0f3c"',
        "  |   ^^^^",
        "  = help: did you mean `device`?",
        "",
      ].join("\n"),
    );
  });

  test("shows every place, with line numbers in one column", () => {
    const found = finding([origin({ line: 2, column: 1 }), origin({ file: "other.toml", line: 10, column: 1 })]);
    const text = renderDiagnostics([found], {
      sources: (file) => (file === "other.toml" ? "\n".repeat(9) + "x = 1" : source),
      colour: false,
    });
    expect(text.split("\n").slice(1)).toEqual([
      "  --> machine.toml:2:1",
      "   |",
      ' 2 | drivers = "virtio"',
      "   | ^",
      "  ::: other.toml:10:1",
      "   |",
      "10 | x = 1",
      "   | ^",
      "",
    ]);
  });

  test("says of a default that it is one", () => {
    expect(render([finding([origin({ line: 1, isDefault: true })])])).toContain("--> machine.toml:1:1 (default)\n");
  });

  test("names the place alone when the source cannot be had or has no such line", () => {
    const text = renderDiagnostics([finding([origin({})])], { sources: () => undefined, colour: false });
    expect(text).toBe("error[U001]: wrong\n --> machine.toml:1:1\n");
    expect(render([finding([origin({ line: 99 })])])).toBe("error[U001]: wrong\n  --> machine.toml:99:1\n");
  });

  test("marks the place after the last character of a line, and in an empty file", () => {
    expect(markedLine("ab", 3)).toEqual(["ab", "  ^"]);
    expect(markedLine("", 1)).toEqual(["", "^"]);
  });

  test.each([
    ["full-width characters", "日本 = 1", 4, ["日本 = 1", "     ^"]],
    ["emoji", "'😀' x", 5, ["'😀' x", "     ^"]],
    ["tabs", "\t\tx", 3, ["        x", "        ^"]],
    ["a combining mark", "e\u0301e = 1", 3, ["e\u0301e = 1", " ^"]],
    ["a mark under a combining mark itself", "ae\u0301", 3, ["ae\u0301", " ^"]],
    ["characters beyond the basic plane that are narrow", "𝒳 = 1", 3, ["𝒳 = 1", "  ^"]],
  ])("puts the mark right after %s", (_, line, column, expected) => {
    expect(markedLine(line, column)).toEqual(expected);
  });

  test("never prints a control character, a bidirectional override or an invisible character", () => {
    const evil = "\u001b[2J\u0007\u202e\u200b\u009b1m\r\u0000\ufeffx";
    const text = renderDiagnostics(
      [{ code: "U001", severity: "error", message: evil, hint: evil, at: [origin({ file: evil, line: 1 })] }],
      { sources: () => `a = "${evil}"`, colour: false },
    );
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text).toContain("\\u{1b}[2J");
  });

  test("keeps a message on one line", () => {
    expect(render([{ code: "U001", severity: "error", message: "a\nerror[U999]: b", at: [] }])).toBe(
      "error[U001]: a\\nerror[U999]: b\n",
    );
  });

  test("cuts a long line around the mark", () => {
    const line = `${"a".repeat(200)}X${"b".repeat(200)}`;
    const [text = "", marks = ""] = markedLine(line, 201, 1, 60);
    expect(text.length).toBeLessThanOrEqual(56);
    expect(text).toMatch(/^…a+Xb+…$/);
    expect(text[marks.indexOf("^")]).toBe("X");
  });

  test("uses colour only when asked to", () => {
    const found = [finding([origin({})])];
    const sources = () => source;
    const coloured = renderDiagnostics(found, { sources, colour: true });
    expect(coloured).toContain("\u001b[1;31merror[U001]\u001b[0m");
    expect(coloured.replace(/\u001b\[[0-9;]*m/g, "")).toBe(renderDiagnostics(found, { sources, colour: false }));
  });

  test("is never thrown over, whatever the text and the place", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.integer(),
        fc.integer(),
        fc.integer(),
        (text, line, column, length) => {
          const found = finding([origin({ line, column, length: Math.min(length, 1e6) })]);
          for (const width of [1, 80]) renderDiagnostics([found], { sources: () => text, colour: false, width });
        },
      ),
    );
  });

  test("has its mark under the code point that is meant", () => {
    const letters = fc.constantFrom("a", "é", "e\u0301", "日", "ｱ", "Ａ", "😀", "\t", " ", "=", "한", "𝒳", "\u0007");
    fc.assert(
      fc.property(
        fc.array(letters),
        fc.array(letters),
        fc.option(fc.integer({ min: 30, max: 60 })),
        (before, after, width) => {
          const line = `${before.join("")}§${after.join("")}`;
          const column = Array.from(before.join("")).length + 1;
          const [text = "", marks = ""] = markedLine(line, column, 1, width ?? undefined);
          const at = text.indexOf("§");
          expect(at).not.toBe(-1);
          expect(terminalWidth(text.slice(0, at))).toBe(marks.indexOf("^"));
          expect(marks.trim()).toBe("^");
        },
      ),
    );
  });
});

describe("a list of findings", () => {
  const warning: Diagnostic = { code: "U002", severity: "warning", message: "odd", at: [] };
  const error = finding([]);

  test("has an empty line between two", () => {
    expect(render([error, warning])).toBe("error[U001]: wrong\n\nwarning[U002]: odd\n");
    expect(render([])).toBe("");
  });

  test("is summed up by severity", () => {
    expect(summary([error, warning, error])).toBe("2 errors, 1 warning");
    expect(summary([{ ...warning, severity: "hint" }])).toBe("1 hint");
    expect(summary([])).toBe("");
  });

  test("is available as data", () => {
    expect(diagnosticsAsJson([error, warning])).toEqual({
      errors: 1,
      warnings: 1,
      hints: 0,
      diagnostics: [error, warning],
    });
  });
});

function origin(part: Partial<Origin>): Origin {
  return { file: "machine.toml", path: "", line: 1, column: 1, isDefault: false, ...part };
}

function finding(at: readonly Origin[]): Diagnostic {
  return { code: "U001", severity: "error", message: "wrong", at };
}

function render(found: readonly Diagnostic[]): string {
  return renderDiagnostics(found, { sources: () => source, colour: false });
}

/** The line as printed and the line of marks, both without the gutter. */
function markedLine(line: string, column: number, length = 1, width?: number): readonly string[] {
  const text = renderDiagnostics([finding([origin({ column, length })])], {
    sources: () => line,
    colour: false,
    ...(width === undefined ? {} : { width }),
  });
  return text
    .split("\n")
    .slice(3, 5)
    .map((shown) => shown.slice(4));
}

/** An independent count, for the letters of the property only. */
function terminalWidth(text: string): number {
  return Array.from(text).reduce(
    (sum, letter) => sum + ("日Ａ😀한".includes(letter) ? 2 : letter === "\u0301" ? 0 : 1),
    0,
  );
}
