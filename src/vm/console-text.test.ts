import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { consoleText } from "./console-text.ts";

function heard(...pieces: readonly string[]): string {
  const text = consoleText();
  return pieces.map((piece) => text.add(Buffer.from(piece))).join("");
}

describe("consoleText", () => {
  it("removes colours, cursor requests and terminal resets", () => {
    expect(heard("[\u001b[0;32m  OK  \u001b[0m] \u001b[6nStarted\u001b[!p\r\n")).toBe("[  OK  ] Started\n");
    expect(heard("\u001b]3008;start=x;type=service\u001b\\a\u001b]0;title\u0007b\u001bcc\u001b(Bd")).toBe("abcd");
  });

  it("waits for the rest of a sequence or character that is cut", () => {
    expect(heard("a\u001b", "[0;3", "2mb")).toBe("ab");
    const text = consoleText();
    const [first, ...rest] = Buffer.from("…");
    expect(text.add(Uint8Array.of(first ?? 0)) + text.add(Uint8Array.from(rest))).toBe("…");
  });

  it("gives the same text however the bytes are cut", () => {
    const piece = fc.constantFrom("a", "\n", "\u001b[1;2H", "\u001b]0;t\u0007", "\u001b(B", "é…", "\r", "Started");
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(40)), (pieces, lengths) => {
        const bytes = Buffer.from(pieces.join(""));
        const text = consoleText();
        let result = "";
        let at = 0;
        for (const length of lengths) {
          result += text.add(bytes.subarray(at, at + length));
          at += length;
        }
        result += text.add(bytes.subarray(at));
        expect(result).toBe(heard(pieces.join("")));
      }),
    );
  });
});
