import { existsSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { parseToml } from "../src/config/parse.ts";
import { type Diagnostic, findings } from "../src/diagnostics/diagnostic.ts";
import { renderDiagnostics } from "../src/diagnostics/render.ts";
import { guestBuilder } from "../src/disks/builder.ts";
import { directoryTree } from "../src/host/directory-tree.ts";
import { readScenarios, type Scenario } from "../src/scenario/scenario.ts";
import { kernelOf } from "../src/trial/kernel.ts";
import { renderTrial } from "../src/trial/render-trial.ts";
import { makeTrialDisks, runScenario, type TrialOptions } from "../src/trial/run-scenario.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const house = { templates: join(here, "../templates"), units: join(here, "../units") };

const { UNITRD_TREE_BOOKWORM, UNITRD_TREE_TRIXIE, UNITRD_USERLAND_TRIXIE, UNITRD_EVIDENCE } = process.env;
const trees = named({ bookworm: UNITRD_TREE_BOOKWORM, trixie: UNITRD_TREE_TRIXIE });
const images = named({ "userland:trixie": UNITRD_USERLAND_TRIXIE });
const mostPatience = 4;
const evidence = UNITRD_EVIDENCE ?? join(tmpdir(), "unitrd-evidence");

const builder = guestBuilder(() => {
  const directory = trees["trixie"] ?? "";
  const tree = directoryTree(directory);
  const found = findings();
  const kernel = kernelOf(tree, directory, "generic", found.report);
  tree.close();
  if (kernel === undefined)
    throw new Error(renderDiagnostics(found.all, { sources: (): undefined => undefined, colour: false }));
  return Promise.resolve({ tree: directory, kernel });
});

const folders = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(here, entry.name, "scenario.toml")))
  .map(({ name }) => ({ name, ...read(name) }));

describe("the folders of qemu-tests", () => {
  it("hold scenarios without mistakes", () => {
    const sources = new Map(folders.map(({ file, text }) => [file, text]));
    const mistakes = folders.flatMap((folder) => folder.mistakes);
    expect(renderDiagnostics(mistakes, { sources: (file) => sources.get(file), colour: false })).toBe("");
    expect(folders.length).toBeGreaterThan(0);
  });
});

describe("a machine", { concurrent: true }, () => {
  beforeAll(async () => {
    const found = findings();
    const made = folders.map(({ name, scenarios }) => makeTrialDisks(runnable(scenarios), options(name), found.report));
    await Promise.all(made);
    expect(renderDiagnostics(found.all, { sources: (): undefined => undefined, colour: false })).toBe("");
  });

  for (const { name, scenarios } of folders) {
    for (const scenario of scenarios) {
      const lacks = lacking(scenario);
      const title = lacks === undefined ? scenario.name : `${scenario.name} (${lacks} is not set)`;
      it.skipIf(lacks !== undefined)(title, { timeout: (scenario.limit * mostPatience + 120) * 2000 }, async () => {
        const found = findings();
        const result = await runScenario(scenario, options(name), found.report);
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

function read(name: string): {
  readonly file: string;
  readonly text: string;
  readonly scenarios: readonly Scenario[];
  readonly mistakes: readonly Diagnostic[];
} {
  const file = join(here, name, "scenario.toml");
  const text = readFileSync(file, "utf8");
  const found = findings();
  const document = parseToml(file, text, found.report);
  const scenarios = document === undefined ? [] : readScenarios(document, name, found.report);
  return { file, text, scenarios, mistakes: found.all };
}

function options(folder: string): TrialOptions {
  return { folder: join(here, folder), trees, images, house, builder, evidence, patience: patience() };
}

/** Emulation slows down with everything else that runs here; a guest that needs longer for it is not stuck. */
function patience(): number {
  const [load = 0] = loadavg();
  return Math.min(mostPatience, Math.max(1, load / availableParallelism()));
}

function runnable(scenarios: readonly Scenario[]): readonly Scenario[] {
  return scenarios.filter((scenario) => lacking(scenario) === undefined);
}

/** The environment variable that a scenario wants and that is not set; btrfs is made with the Debian 13 tree. */
function lacking(scenario: Scenario): string | undefined {
  if (trees["trixie"] === undefined) return "UNITRD_TREE_TRIXIE";
  if (scenario.sysroot === "bookworm" && trees["bookworm"] === undefined) return "UNITRD_TREE_BOOKWORM";
  const copies = JSON.stringify(scenario.disk).includes('"userland:trixie"');
  return copies && images["userland:trixie"] === undefined ? "UNITRD_USERLAND_TRIXIE" : undefined;
}

function named(values: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, value]])),
  );
}
