import { expect, test } from "vitest";
import { readMarks, secondsInInitrd } from "./boot-marks.ts";

const text = [
  "[    3.875000] Run /init as init process",
  "[    5.750000] unitrd-mark: observer begins",
  "[    6.000000] unitrd-mark: observer ends",
  "[   16.250000] unitrd-mark: stage two begins",
  "",
].join("\n");

test("the time in the initrd does not count what the observer took", () => {
  const marks = readMarks(text);
  expect(marks).toEqual({ init: 3.875, observer: [5.75, 6], stageTwo: 16.25 });
  expect(marks && secondsInInitrd(marks)).toBe(12.125);
});

test("a report from before the hand-over tells no time in the initrd", () => {
  const marks = readMarks(text.split("\n").slice(0, 2).join("\n"));
  expect(marks).toEqual({ init: 3.875, observer: [5.75, 5.75] });
  expect(marks && secondsInInitrd(marks)).toBeUndefined();
});

test("a log that has lost its beginning tells nothing", () => {
  expect(readMarks("[    6.000000] unitrd-mark: observer ends\n")).toBeUndefined();
});
