import { writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findings } from "../src/diagnostics/diagnostic.ts";
import { renderDiagnostics } from "../src/diagnostics/render.ts";
import { scenarioTrees } from "../src/host/environment.ts";
import { resultsText, type ScenarioResult } from "../src/scenario/results.ts";
import type { Scenario } from "../src/scenario/scenario.ts";
import { findScenarios, type ScenarioFolder } from "../src/trial/find-scenarios.ts";
import { secondsToStageTwo } from "../src/trial/measured-boot.ts";
import { renderTrial } from "../src/trial/render-trial.ts";
import { makeTrialDisks, runScenario, type TrialResult } from "../src/trial/run-scenario.ts";
import { cellsOf } from "../src/trial/run-scenarios.ts";
import { leftOutLines, nameWith, otherStageOne, selectScenarios, type LeftOut } from "../src/trial/select-scenarios.ts";
import type { TrialOptions } from "../src/trial/trial-options.ts";
import { trialWorld } from "../src/trial/trial-world.ts";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Every scenario runs with the stage one that it declares, and these with the other one too; where all is wanted, all. */
const alsoWithTheOther: ReadonlySet<string> = new Set([
  "bcachefs",
  "command-line/break",
  "command-line/root-elsewhere-debian-12",
  "emergency/open",
  "ext4",
  "hooks/fails",
  "keymap",
  "luks-late/absent",
  "luks/wrong-then-right",
  "network",
  "network/ipv6-only",
  "mounts",
  "partitions",
]);

// UNITRD_RESULTS: a file that becomes what the run says, which the README's table is made from.
// UNITRD_SHARD: the part of all scenarios that is run, see spread-scenarios.ts.
const { UNITRD_EVIDENCE, UNITRD_RESULTS, UNITRD_SHARD = "1/1", UNITRD_TEST_FULL } = process.env;
const isFull = UNITRD_TEST_FULL !== undefined;
const world = trialWorld(scenarioTrees());
const mostPatience = 4;
const evidence = UNITRD_EVIDENCE ?? join(tmpdir(), `unitrd-evidence-${process.pid}`);

const mistakes = findings();
const folders = findScenarios([here], mistakes.report);
const leftOut: LeftOut[] = [];
const results: ScenarioResult[] = [];
const whole = selectScenarios(folders, {
  full: isFull,
  stageOnes: (scenario, folder) => {
    const other = otherStageOne(scenario, folder);
    const isWanted = isFull || alsoWithTheOther.has(scenario.name);
    if (isWanted || !scenario["stage-one"].includes(other)) return ["declared", other];
    leftOut.push({ name: nameWith(scenario, other), why: "only with UNITRD_TEST_FULL=1" });
    return ["declared"];
  },
});

const [part = 1, of = 1] = UNITRD_SHARD.split("/").map(Number);
const mine = new Set(cellsOf(whole.folders, { repeat: 1, shard: { part, of } }).map(({ scenario }) => scenario));
const selected = whole.folders.map((folder) => ({
  ...folder,
  scenarios: folder.scenarios.filter((scenario) => mine.has(scenario)),
}));

describe("the folders of qemu-tests", () => {
  it("hold scenarios without mistakes", () => {
    const sources = new Map(folders.map(({ file, text }) => [file, text]));
    expect(renderDiagnostics(mistakes.all, { sources: (file) => sources.get(file), colour: false })).toBe("");
    expect(folders.length).toBeGreaterThan(0);
  });
});

describe("a machine", { concurrent: true }, () => {
  beforeAll(async () => {
    const found = findings();
    const made = selected.map((folder) =>
      makeTrialDisks(
        folder.scenarios.filter((scenario) => lacking(scenario) === undefined),
        options(folder),
        found.report,
      ),
    );
    await Promise.all(made);
    expect(renderDiagnostics(found.all, { sources: (): undefined => undefined, colour: false })).toBe("");
  });

  afterAll(() => {
    process.stdout.write(leftOutLines([...whole.leftOut, ...leftOut]));
    if (UNITRD_RESULTS !== undefined) writeFileSync(UNITRD_RESULTS, resultsText(results));
  });

  for (const folder of selected) {
    for (const scenario of folder.scenarios) {
      const lacks = lacking(scenario);
      const title = lacks === undefined ? scenario.name : `${scenario.name} (${lacks} is not set)`;
      it.skipIf(lacks !== undefined)(title, { timeout: (scenario.limit * mostPatience + 120) * 2000 }, async () => {
        const found = findings();
        const result = await runScenario(scenario, options(folder), found.report);
        results.push(resultOf(result, folder));
        if (result.verdict !== "passed") {
          throw new Error(
            [
              renderTrial(result),
              renderDiagnostics(found.all, { sources: (): undefined => undefined, colour: false }),
            ].join("\n"),
          );
        }
      });
    }
  }
});

function resultOf({ scenario, stageOne, verdict, boot }: TrialResult, { folder }: ScenarioFolder): ScenarioResult {
  const seconds = secondsToStageTwo(boot?.reports ?? []);
  return {
    name: scenario.name,
    layout: basename(folder),
    stageOne: stageOne?.kind ?? "systemd",
    ...(stageOne?.systemd === undefined ? {} : { systemd: stageOne.systemd }),
    passed: verdict === "passed",
    ...(seconds === undefined ? {} : { seconds: Math.round(seconds * 10) / 10 }),
  };
}

function options({ folder }: ScenarioFolder): TrialOptions {
  return { ...world, folder, evidence, patience: patience() };
}

/** Emulation slows down with everything else that runs here; a guest that needs longer for it is not stuck. */
function patience(): number {
  const [load = 0] = loadavg();
  return Math.min(mostPatience, Math.max(1, load / availableParallelism()));
}

/** The environment variable that a scenario wants and that is not set; btrfs is made with the Debian 13 tree. */
function lacking(scenario: Scenario): string | undefined {
  if (world.trees["trixie"] === undefined) return "UNITRD_TREE_TRIXIE";
  if (scenario.sysroot === "bookworm" && world.trees["bookworm"] === undefined) return "UNITRD_TREE_BOOKWORM";
  const copies = JSON.stringify(scenario.disk).includes('"userland:trixie"');
  return copies && world.images["userland:trixie"] === undefined ? "UNITRD_USERLAND_TRIXIE" : undefined;
}
