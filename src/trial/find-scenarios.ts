import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseToml } from "../config/parse.ts";
import type { Report } from "../diagnostics/diagnostic.ts";
import { readScenarios, type Scenario } from "../scenario/scenario.ts";

/** A folder with a scenario.toml. */
export interface ScenarioFolder {
  /** Absolute. */
  readonly folder: string;
  /** The file as messages name it, and its text. */
  readonly file: string;
  readonly text: string;
  readonly scenarios: readonly Scenario[];
}

/**
 * Every scenario below some folders, in byte order of their paths; a folder that holds a scenario.toml is one, and what
 * lies below it is its own. Reports U685 for a path without any, and every mistake in what it reads.
 */
export function findScenarios(paths: readonly string[], report: Report): readonly ScenarioFolder[] {
  const seen = new Set<string>();
  return paths.flatMap((path) => {
    const found = foldersBelow(path, 0).filter((folder) => !seen.has(resolve(folder)));
    for (const folder of found) seen.add(resolve(folder));
    if (found.length === 0 && !seen.has(resolve(path))) report(nothingThere(path));
    return found.map((folder) => readFolder(folder, report));
  });
}

function foldersBelow(path: string, depth: number): readonly string[] {
  if (existsSync(join(path, "scenario.toml"))) return [path];
  if (depth === deepest || !existsSync(path) || !statSync(path).isDirectory()) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules")
    .map(({ name }) => name)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .flatMap((name) => foldersBelow(join(path, name), depth + 1));
}

const deepest = 6;

function readFolder(path: string, report: Report): ScenarioFolder {
  const folder = resolve(path);
  const file = join(path, "scenario.toml");
  const bytes = readFileSync(file);
  const document = parseToml(file, bytes, report);
  const scenarios = document === undefined ? [] : readScenarios(document, basename(folder), report);
  return { folder, file, text: new TextDecoder().decode(bytes), scenarios };
}

function nothingThere(path: string): Parameters<Report>[0] {
  return {
    code: "U685",
    severity: "error",
    message: `${path} holds no scenario.toml`,
    hint: "`unitrd test --new FOLDER` writes a first one from a declaration",
    at: [],
  };
}
