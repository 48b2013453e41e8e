import { chmod, copyFile, cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { formatToml } from "../config/format-toml.ts";
import { formatKey } from "../config/path.ts";
import type { MadeDisk } from "../disks/make.ts";
import type { Scenario } from "../scenario/scenario.ts";

/**
 * Lays out what is built in a private directory: a copy of the scenario's folder, its `files`, keys and headers of the
 * disks, and an overriding declaration that names the kernel. Returns the files of the declaration. Throws what
 * node:fs throws.
 */
export async function layOutDeclaration(
  directory: string,
  folder: string,
  scenario: Scenario,
  kernel: string,
  disks: readonly MadeDisk[],
): Promise<readonly string[]> {
  await cp(folder, directory, { recursive: true });
  for (const [name, path] of disks.flatMap((disk) => Object.entries(disk.files))) {
    await copyFile(path, join(directory, name));
    await chmod(join(directory, name), 0o600);
  }
  for (const [name, text] of Object.entries(scenario.files)) await write(join(directory, name), text);
  const override = join(directory, "override.toml");
  await write(override, overrideText(scenario, kernel));
  return [join(directory, scenario.machine), override];
}

function overrideText(scenario: Scenario, kernel: string): string {
  const declared = scenario.override ?? {};
  const image = declared["image"];
  const all = { ...declared, image: { ...(isTable(image) ? image : {}), kernel } };
  return Object.entries(all)
    .map(([key, value]) => `${formatKey(key)} = ${formatToml(value)}\n`)
    .join("");
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o600 });
}
