import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { parseToml } from "../config/parse.ts";
import { readScenarios } from "../scenario/scenario.ts";
import type { ScenarioFolder } from "./find-scenarios.ts";
import { forcedStageOnes, leftOutLines, otherStageOne, selectScenarios } from "./select-scenarios.ts";

const made: string[] = [];
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true })));

function folderOf(text: string, machine = ""): ScenarioFolder {
  const folder = mkdtempSync(join(tmpdir(), "unitrd-select-"));
  made.push(folder);
  writeFileSync(join(folder, "machine.toml"), machine);
  const document = parseToml("scenario.toml", text, () => undefined);
  if (document === undefined) throw new Error("no TOML");
  return { folder, file: "scenario.toml", text, scenarios: readScenarios(document, "box", () => undefined) };
}

const names = (folders: readonly ScenarioFolder[]): readonly string[] =>
  folders.flatMap(({ scenarios }) => scenarios.map(({ name }) => name));

it("leaves out what is marked full, with the reason, until all is wanted", () => {
  const folder = folderOf("[variant.rare]\nfull = true\n");
  const some = selectScenarios([folder], { full: false, stageOnes: forcedStageOnes("declared") });
  expect(names(some.folders)).toEqual(["box"]);
  expect(leftOutLines(some.leftOut)).toBe("left out (full = true): box/rare\n");
  const all = selectScenarios([folder], { full: true, stageOnes: forcedStageOnes("declared") });
  expect(names(all.folders)).toEqual(["box", "box/rare"]);
  expect(all.leftOut).toEqual([]);
});

it("runs a scenario with both stage ones, but not with one that it is not meant for", () => {
  const folder = folderOf('[variant.units]\nstage-one = ["systemd"]\n');
  const { folders, leftOut } = selectScenarios([folder], { full: false, stageOnes: forcedStageOnes("both") });
  expect(names(folders)).toEqual(["box [systemd]", "box [scripted]", "box/units [systemd]"]);
  expect(leftOut).toEqual([{ name: "box/units [scripted]", why: 'stage-one = ["systemd"]' }]);
});

it("keeps what a scenario overrides beside the stage one that is forced on it", () => {
  const folder = folderOf('override = { stage-one = { device-timeout = "3s" }, modules = { load = ["loop"] } }');
  const { folders } = selectScenarios([folder], { full: false, stageOnes: forcedStageOnes("scripted") });
  expect(folders[0]?.scenarios[0]?.override).toEqual({
    "stage-one": { "device-timeout": "3s", kind: "scripted" },
    modules: { load: ["loop"] },
  });
});

it.each([
  ["", "", "scripted"],
  ["", '[stage-one]\nkind = "scripted"\n', "systemd"],
  ['override = { stage-one = { kind = "systemd" } }', '[stage-one]\nkind = "scripted"\n', "scripted"],
  ['stage-one = ["scripted"]', "", "systemd"],
])("knows which stage one a scenario does not declare: %j over %j", (text, machine, other) => {
  const folder = folderOf(text, machine);
  const [scenario] = folder.scenarios;
  if (scenario === undefined) throw new Error("no scenario");
  expect(otherStageOne(scenario, folder)).toBe(other);
});
