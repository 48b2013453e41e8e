import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseToml } from "../config/parse.ts";
import type { StageOneKind } from "../scenario/per-stage-one.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { ScenarioFolder } from "./find-scenarios.ts";

/** The stage ones a scenario is run with; `declared` leaves the choice to its declaration. */
export type StageOneWish = "declared" | StageOneKind;

export type StageOneChoice = StageOneWish | "both";

export interface ScenarioSelection {
  /** Those with `full = true` too. */
  readonly full: boolean;
  readonly stageOnes: (scenario: Scenario, folder: ScenarioFolder) => readonly StageOneWish[];
}

/** A scenario that is not run, or not with one of the stage ones. */
export interface LeftOut {
  readonly name: string;
  readonly why: string;
}

/** The scenarios that are wanted, each as often as it has stage ones to run with, and what of them is left out. */
export function selectScenarios(
  folders: readonly ScenarioFolder[],
  selection: ScenarioSelection,
): { readonly folders: readonly ScenarioFolder[]; readonly leftOut: readonly LeftOut[] } {
  const leftOut: LeftOut[] = [];
  const selected = folders.map((folder) => {
    const scenarios = folder.scenarios.flatMap((scenario) => {
      if (scenario.full && !selection.full) {
        leftOut.push({ name: scenario.name, why: onlyInFull });
        return [];
      }
      return selection.stageOnes(scenario, folder).flatMap((wish) => {
        if (wish === "declared") return [scenario];
        if (scenario["stage-one"].includes(wish)) return [withStageOne(scenario, wish)];
        leftOut.push({ name: nameWith(scenario, wish), why: `stage-one = ${JSON.stringify(scenario["stage-one"])}` });
        return [];
      });
    });
    return { ...folder, scenarios };
  });
  return { folders: selected, leftOut };
}

const onlyInFull = "full = true";

/** What `--stage-one` wants of every scenario. */
export function forcedStageOnes(choice: StageOneChoice): () => readonly StageOneWish[] {
  return () => (choice === "both" ? ["systemd", "scripted"] : [choice]);
}

/** The stage one that a scenario does not declare: with `auto` systemd is declared wherever it can. */
export function otherStageOne(scenario: Scenario, folder: ScenarioFolder): StageOneKind {
  const kind = kindIn(scenario.override) ?? kindIn(machineOf(scenario, folder)) ?? "auto";
  const declared = kind === "auto" ? (scenario["stage-one"][0] ?? "systemd") : kind;
  return declared === "scripted" ? "systemd" : "scripted";
}

function machineOf(scenario: Scenario, { folder }: ScenarioFolder): unknown {
  const file = join(folder, scenario.machine);
  // Its mistakes are reported by the build.
  return parseToml(file, readFileSync(file), () => undefined)?.value;
}

function kindIn(declaration: unknown): unknown {
  return tableIn(tableIn(declaration)["stage-one"])["kind"];
}

/** A scenario whose declaration is built with one stage one, whatever it says. */
export function withStageOne(scenario: Scenario, kind: StageOneKind): Scenario {
  const before = tableIn(scenario.override?.["stage-one"]);
  return {
    ...scenario,
    name: nameWith(scenario, kind),
    override: { ...scenario.override, "stage-one": { ...before, kind } },
  };
}

/** "luks/wrong-then-right [scripted]" */
export function nameWith(scenario: Scenario, kind: StageOneKind): string {
  return `${scenario.name} [${kind}]`;
}

function tableIn(value: unknown): Readonly<Record<string, unknown>> {
  return isTable(value) ? value : {};
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What was left out and why, a line each reason. */
export function leftOutLines(leftOut: readonly LeftOut[]): string {
  const reasons = [...new Set(leftOut.map(({ why }) => why))];
  return reasons
    .map((reason) => {
      const names = leftOut.filter(({ why }) => why === reason).map(({ name }) => name);
      return `left out (${reason}): ${names.join(", ")}\n`;
    })
    .join("");
}
