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
  it("presses one key after the other", async () => {
    const pressed: unknown[] = [];
    const twice = new Promise<void>((done) => {
      const command = (name: string, args: unknown): Promise<unknown> => {
        pressed.push([name, args]);
        if (pressed.length === 2) done();
        return Promise.resolve({});
      };
      attachKeyboard({ command }).press("hi");
    });
    await twice;
    expect(pressed).toEqual([
      ["send-key", { keys: [{ type: "qcode", data: "h" }], "hold-time": 40 }],
      ["send-key", { keys: [{ type: "qcode", data: "i" }], "hold-time": 40 }],
    ]);
  });
});
