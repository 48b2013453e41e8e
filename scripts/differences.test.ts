import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { findings } from "../src/diagnostics/diagnostic.ts";
import { stageOneKinds } from "../src/scenario/per-stage-one.ts";
import type { Scenario } from "../src/scenario/scenario.ts";
import { findScenarios } from "../src/trial/find-scenarios.ts";
import { differences } from "./differences.ts";

const found = findings();
const scenarios = findScenarios([fileURLToPath(new URL("../qemu-tests", import.meta.url))], found.report).flatMap(
  (folder) => folder.scenarios,
);
const listed = new Set(differences().flatMap((one) => one.scenarios));

/** It holds for one stage one alone, or something else is expected of one. */
function differs(scenario: Scenario): boolean {
  return (
    scenario["stage-one"].length < stageOneKinds.length ||
    scenario.expectations.some((own) => Object.keys(own).length > 0)
  );
}

it("every scenario in which the stage ones differ is on the list of differences, with the reason", () => {
  expect(scenarios.filter((one) => differs(one) && !listed.has(one.name)).map(({ name }) => name)).toEqual([]);
});

it("the list names no scenario that is none, or in which nothing differs", () => {
  const differing = new Set(scenarios.filter(differs).map(({ name }) => name));
  expect([...listed].filter((name) => !differing.has(name))).toEqual([]);
});

it("a difference is shown by a scenario or is one of every boot", () => {
  expect(differences().filter((one) => one.everywhere === one.scenarios.length > 0)).toEqual([]);
});
