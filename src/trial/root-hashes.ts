import { readFile } from "node:fs/promises";
import type { MadeDisk } from "../disks/make.ts";
import type { Scenario } from "../scenario/scenario.ts";

/**
 * The scenario with the root hash of a verified content in place of each `{roothash.NAME}`, in words for the kernel and in
 * what is built: nobody can write it down before the disk is made. Throws what node:fs throws.
 */
export async function withRootHashes(scenario: Scenario, disks: readonly MadeDisk[]): Promise<Scenario> {
  const hashes = new Map<string, string>();
  for (const [name, path] of disks.flatMap((disk) => Object.entries(disk.files))) {
    const verity = /^(.+)\.roothash$/.exec(name)?.[1];
    if (verity !== undefined) hashes.set(verity, await readFile(path, "utf8"));
  }
  if (hashes.size === 0) return scenario;
  const fill = (text: string): string =>
    text.replace(/\{roothash\.([^}]+)\}/g, (whole, name: string) => hashes.get(name) ?? whole);
  return {
    ...scenario,
    append: fill(scenario.append),
    files: Object.fromEntries(Object.entries(scenario.files).map(([name, text]) => [name, fill(text)])),
    ...(scenario.override === undefined ? {} : { override: filledTable(scenario.override, fill) }),
  };
}

function filledTable(
  table: Readonly<Record<string, unknown>>,
  fill: (text: string) => string,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, filled(value, fill)]));
}

function filled(value: unknown, fill: (text: string) => string): unknown {
  if (typeof value === "string") return fill(value);
  if (Array.isArray(value)) return value.map((inner) => filled(inner, fill));
  return isTable(value) ? filledTable(value, fill) : value;
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
