import type { Scenario } from "../scenario/scenario.ts";
import type { ScenarioFolder } from "./find-scenarios.ts";

export type StageOneChoice = "declared" | "systemd" | "scripted" | "both";

/** The scenarios as they are run with a stage one that is chosen for all, leaving out those that are not meant for it. */
export function withStageOne(folder: ScenarioFolder, choice: StageOneChoice): ScenarioFolder {
  if (choice === "declared") return folder;
  const kinds = choice === "both" ? (["systemd", "scripted"] as const) : ([choice] as const);
  const scenarios = folder.scenarios.flatMap((scenario) =>
    kinds.filter((kind) => scenario["stage-one"].includes(kind)).map((kind) => chosen(scenario, kind)),
  );
  return { ...folder, scenarios };
}

function chosen(scenario: Scenario, kind: "systemd" | "scripted"): Scenario {
  const stageOne = scenario.override?.["stage-one"];
  const before = typeof stageOne === "object" && stageOne !== null ? stageOne : {};
  return {
    ...scenario,
    name: `${scenario.name} [${kind}]`,
    override: { ...scenario.override, "stage-one": { ...before, kind } },
  };
}
