import { describe, expect, it } from "vitest";
import { byteLog } from "./byte-log.ts";

describe("byteLog", () => {
  it("keeps everything up to its limit", () => {
    const log = byteLog(10);
    log.add(Buffer.from("abcd"));
    log.add(Buffer.from("efghij"));
    expect(Buffer.from(log.bytes()).toString()).toBe("abcdefghij");
  });

  it("keeps the beginning and the latest of more, and says so", () => {
    const log = byteLog(10);
    for (let index = 0; index < 1000; index++) log.add(Buffer.from("x"));
    log.add(Buffer.from("12345"));
    const text = Buffer.from(log.bytes()).toString();
    expect(text).toMatch(/^xxxxx\n\[.*\]\nx*12345$/);
    expect(text.length).toBeLessThan(60);
  });
});
