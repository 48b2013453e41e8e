import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDuration } from "./duration.ts";

describe("a time span", () => {
  test.each([
    ["5", 5],
    ["5s", 5],
    ["1min 30s", 90],
    ["1min30s", 90],
    ["1 min 30 sec", 90],
    ["  2 hours  ", 7200],
    ["1.5h", 5400],
    [".5s", 0.5],
    ["100ms", 0.1],
    ["1us", 1e-6],
    ["3µs", 3e-6],
    ["3μs", 3e-6],
    ["1m", 60],
    ["1M", 2629800],
    ["1y", 31557600],
    ["2weeks", 1209600],
    ["1d 1s 1", 86402],
    ["0.0000019s", 1e-6],
    ["infinity", Infinity],
    ["0", 0],
  ])("is read as systemd.time(7) says: %j", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test.each([
    "",
    " ",
    "s",
    "5x",
    "-5s",
    "+5s",
    "5s -1s",
    "1.s",
    ".",
    "1..5s",
    "2.5.5",
    "5S",
    "infinity s",
    "Infinity",
    "1e3",
    "9999999y",
    "5s,",
    "5\n6",
  ])("is not anything else: %j", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test("is exact to the microsecond", () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e6 }), fc.nat({ max: 999999 }), (seconds, microseconds) => {
        const spelt = `${seconds}.${String(microseconds).padStart(6, "0")}s`;
        expect(parseDuration(spelt)).toBe((seconds * 1e6 + microseconds) / 1e6);
        expect(parseDuration(`${seconds}s ${microseconds}us`)).toBe(parseDuration(spelt));
      }),
    );
  });
});
