import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { attachKeyboard, keyPresses } from "./keyboard.ts";

describe("keyPresses", () => {
  it("holds shift for capitals and names the other keys as QEMU does", () => {
    expect(keyPresses("a Z-1\n")).toEqual([["a"], ["spc"], ["shift", "z"], ["minus"], ["1"], ["ret"]]);
  });

  it("refuses a character that no key gives", () => {
    expect(() => keyPresses("ß")).toThrow('no key for "ß"');
  });
});

describe("attachKeyboard", () => {
  it("opens the monitor's session and presses one key after the other", async () => {
    const monitor = new PassThrough();
    attachKeyboard(monitor).press("hi");
    const lines: string[] = [];
    for await (const piece of monitor) {
      lines.push(...String(piece).trim().split("\n"));
      if (lines.length === 3) break;
    }
    expect(lines[0]).toBe('{"execute":"qmp_capabilities"}');
    expect(lines.slice(1).map((line) => (JSON.parse(line) as { arguments: { keys: unknown } }).arguments.keys)).toEqual(
      [[{ type: "qcode", data: "h" }], [{ type: "qcode", data: "i" }]],
    );
  });
});
