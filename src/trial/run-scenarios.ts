import { findings, type Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { ScenarioFolder } from "./find-scenarios.ts";
import { runScenario, type TrialResult } from "./run-scenario.ts";
import type { TrialOptions } from "./trial-options.ts";

/** One scenario to be run, perhaps for the third time. */
export interface Cell {
  readonly folder: ScenarioFolder;
  readonly scenario: Scenario;
  /** From 1. */
  readonly round: number;
  /** Which of the cells with a scenario of this name it is, from 1: what is kept of each has a directory of its own. */
  readonly place: number;
}

export interface CellResult extends TrialResult {
  readonly cell: Cell;
  /** What the trial itself reported, such as a tree that is not there. */
  readonly reported: readonly Diagnostic[];
}

export interface Selection {
  /** How often each is run. */
  readonly repeat: number;
  /** The part of all cells that is run: 2 of 8 is the second, ninth … */
  readonly shard?: { readonly part: number; readonly of: number };
}

/** The cells of a selection: every scenario as often as wanted, in a stable order. */
export function cellsOf(folders: readonly ScenarioFolder[], selection: Selection): readonly Cell[] {
  const places = new Map<string, number>();
  const cellOf = (folder: ScenarioFolder, scenario: Scenario, round: number): Cell => {
    const place = (places.get(scenario.name) ?? 0) + 1;
    places.set(scenario.name, place);
    return { folder, scenario, round, place };
  };
  const all = folders.flatMap((folder) =>
    folder.scenarios.flatMap((scenario) =>
      Array.from({ length: selection.repeat }, (_, index) => cellOf(folder, scenario, index + 1)),
    ),
  );
  const { shard } = selection;
  return shard === undefined ? all : all.filter((_, index) => index % shard.of === shard.part - 1);
}

export interface Watching {
  readonly begins?: (cell: Cell) => void;
  readonly ended?: (result: CellResult) => void;
}

/**
 * Runs cells, so many at once, and answers in their order. Once `signal` is given no further one begins, and those that
 * run have no result.
 */
export async function runScenarios(
  cells: readonly Cell[],
  jobs: number,
  optionsFor: (cell: Cell) => TrialOptions,
  watching: Watching = {},
): Promise<readonly CellResult[]> {
  const results: (CellResult | undefined)[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < cells.length; index = next++) {
      const cell = cells[index];
      if (cell === undefined) return;
      const options = optionsFor(cell);
      if (isOver(options)) return;
      watching.begins?.(cell);
      const found = findings();
      const result = { ...(await runScenario(cell.scenario, options, found.report)), cell, reported: found.all };
      if (isOver(options) && result.boot?.outcome.is === "interrupted") return;
      results[index] = result;
      watching.ended?.(result);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, cells.length)) }, worker));
  return results.filter((result) => result !== undefined);
}

/** Asked anew before each cell: the answer changes while they run. */
function isOver({ signal }: TrialOptions): boolean {
  return signal?.aborted === true;
}
