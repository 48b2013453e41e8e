import { describe, expect, it } from "vitest";
import { appears, typist } from "./typing.ts";

describe("typist", () => {
  it("answers a prompt that comes twice, each time as told", () => {
    const wrong = { when: "passphrase", type: "wrong\n" };
    const right = { when: "passphrase", type: "right\n" };
    const fingers = typist([wrong, right]);
    expect(fingers.hear("Please enter pass")).toEqual([]);
    expect(fingers.hear("phrase for disk:")).toEqual([wrong]);
    expect(fingers.waiting()).toEqual([right]);
    expect(fingers.hear("\nPlease enter passphrase for disk:")).toEqual([right]);
    expect(fingers.waiting()).toEqual([]);
  });

  it("does not answer text that came before what the previous rule waited for", () => {
    const fingers = typist([
      { when: "second", type: "" },
      { when: "first", type: "x" },
    ]);
    expect(fingers.hear("first second")).toHaveLength(1);
    expect(fingers.waiting()).toHaveLength(1);
  });

  it("takes two answers from one piece of text", () => {
    expect(
      typist([
        { when: "a?", type: "1" },
        { when: "b?", type: "2" },
      ]).hear("a? b?"),
    ).toHaveLength(2);
  });
});

describe("appears", () => {
  it("sees through wrapping", () => {
    expect(appears("unlock the root disk", "unlock the ro\r\not disk")).toBe(true);
  });

  it("sees through systemd's shortening in the middle", () => {
    expect(
      appears("Started systemd-udevd.service - Rule-based Manager", "[  OK  ] Started systemd-udevd.serv…ased Manager"),
    ).toBe(true);
    expect(appears("Reached target initrd-root-device.target", "Reached target initrd-ro...evice.target.")).toBe(true);
  });

  it("does not take every ellipsis for everything", () => {
    expect(appears("Started File System Check on Root", "Stopped Swap…oot")).toBe(false);
    expect(appears("emergency mode", "e…e")).toBe(false);
    expect(appears("emergency mode", "all is well")).toBe(false);
  });
});
