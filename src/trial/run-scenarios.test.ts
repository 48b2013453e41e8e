import { expect, it } from "vitest";
import { parseToml } from "../config/parse.ts";
import { readScenarios } from "../scenario/scenario.ts";
import type { ScenarioFolder } from "./find-scenarios.ts";
import { cellsOf } from "./run-scenarios.ts";

function folderOf(path: string, text = "[variant.a]\n[variant.b]\n"): ScenarioFolder {
  const document = parseToml("scenario.toml", text, () => undefined);
  if (document === undefined) throw new Error("no TOML");
  return { folder: path, file: "scenario.toml", text, scenarios: readScenarios(document, "box", () => undefined) };
}

const folders = [folderOf("/one/box"), folderOf("/other/box")];

it("deals out every cell to exactly one part, the same each time", () => {
  const all = cellsOf(folders, { repeat: 3 });
  expect(all).toHaveLength(18);
  const parts = [1, 2, 3, 4].map((part) => cellsOf(folders, { repeat: 3, shard: { part, of: 4 } }));
  expect(parts.map(({ length }) => length)).toEqual([5, 5, 4, 4]);
  expect(new Set(parts.flat().map((cell) => JSON.stringify(cell)))).toEqual(new Set(all.map((c) => JSON.stringify(c))));
});

it("gives each cell a place of its own for what is kept of it, whichever part it runs in", () => {
  const places = (cells: ReturnType<typeof cellsOf>): readonly string[] =>
    cells.map(({ scenario, place }) => `${place}/${scenario.name}`);
  const all = places(cellsOf(folders, { repeat: 2 }));
  expect(new Set(all).size).toBe(12);
  expect(all.slice(0, 2)).toEqual(["1/box", "2/box"]);
  const second = places(cellsOf(folders, { repeat: 2, shard: { part: 2, of: 2 } }));
  expect(second).toEqual(all.filter((_, index) => index % 2 === 1));
});
