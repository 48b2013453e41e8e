import { expect, it } from "vitest";
import { readResults, resultsText, resultTable, type ScenarioResult } from "./results.ts";

const results: readonly ScenarioResult[] = [
  { name: "luks/wrong", layout: "luks", stageOne: "systemd", systemd: 257, passed: true, seconds: 12.5 },
  { name: "luks", layout: "luks", stageOne: "systemd", systemd: 257, passed: true, seconds: 9.2 },
  { name: "luks/absent", layout: "luks", stageOne: "systemd", systemd: 252, passed: false, seconds: 3 },
  { name: "ext4", layout: "ext4", stageOne: "scripted", systemd: 252, passed: true, seconds: 2 },
  { name: "ext4/broken", layout: "ext4", stageOne: "scripted", systemd: 257, passed: true },
];

it("comes out of the file as it went in, in the order of names", () => {
  const read = readResults(resultsText(results));
  expect(read).toHaveLength(results.length);
  expect(new Set(read)).toEqual(new Set(results));
  expect(read.map(({ name }) => name)).toEqual(["ext4", "ext4/broken", "luks", "luks/absent", "luks/wrong"]);
});

it("refuses a file that holds something else", () => {
  expect(() => readResults('[{ "name": "luks" }]')).toThrow();
});

it("counts what passed, with the seconds of that, for each systemd and for the script", () => {
  expect(resultTable(results, (layout) => `a ${layout} root`)).toEqual({
    heads: ["scenario", "what boots", "systemd 252", "systemd 257", "script"],
    rows: [
      ["`ext4`", "a ext4 root", "", "", "2 of 2, 2.0 s"],
      ["`luks`", "a luks root", "0 of 1", "2 of 2, 9.2–12.5 s", ""],
    ],
  });
});
