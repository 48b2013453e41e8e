import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const script = join(import.meta.dirname, "check-imports.mjs");

const house = {
  "src/diagnostics/diagnostic.ts": "export interface Diagnostic { readonly code: string }",
  "src/plan/step.ts": 'import type { Diagnostic } from "../diagnostics/diagnostic.ts"; export type Step = Diagnostic;',
  "src/steps/mount.ts": 'import type { Step } from "../plan/step.ts"; export type Mount = Step;',
  "src/sysroot/elf.ts": "export const elf = 1;",
  "src/features/luks/steps.ts": 'import type { Mount } from "../../steps/mount.ts"; export type Luks = Mount;',
  "src/features/raid/steps.ts": 'import type { Mount } from "../../steps/mount.ts"; export type Raid = Mount;',
  "src/vm/qemu.ts": "export const qemu = 1;",
  "src/host/files.ts": 'import { readFileSync } from "node:fs"; export const read = readFileSync;',
  "src/cli/main.ts": 'import { read } from "../host/files.ts"; export const main = read;',
  // A test may look into any room.
  "src/plan/step.test.ts": 'import "../host/files.ts"; import "node:fs"; import "../testing/tree.ts";',
  "src/testing/tree.ts": "export const tree = 1;",
} as const;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "unitrd-imports-"));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function check(files: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return spawnSync(process.execPath, [script, root], { encoding: "utf8" });
}

test("a house without a fault passes and says how much was looked at", () => {
  const { status, stdout, stderr } = check(house);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toBe("12 modules, 9 imports\n");
});

test("every planted violation is caught by its rule", () => {
  const plants: readonly (readonly [rule: string, path: string, text: string])[] = [
    ["room-plan", "src/plan/a.ts", 'import "../features/luks/steps.ts";'],
    ["room-plan", "src/plan/b.ts", 'import type { Luks } from "../features/luks/steps.ts"; export type X = Luks;'],
    ["room-diagnostics", "src/diagnostics/a.ts", 'export * from "../plan/step.ts";'],
    ["room-sysroot", "src/sysroot/a.ts", 'export const x = () => import("../host/files.ts");'],
    ["room-image", "src/image/a.ts", 'import "../sysroot/elf.ts";'],
    ["room-host", "src/host/a.ts", 'import "../vm/qemu.ts";'],
    ["features-apart", "src/features/luks/a.ts", 'import type { Raid } from "../raid/steps.ts"; export type X = Raid;'],
    ["pure-node", "src/plan/c.ts", 'import { readFileSync } from "node:fs"; export const x = readFileSync;'],
    ["pure-node", "src/plan/d.ts", 'import { readFile } from "fs/promises"; export const x = readFile;'],
    ["pure-node", "src/features/luks/b.ts", 'import { env } from "node:process"; export const x = env;'],
    ["pure-packages", "src/compile/a.ts", 'import { execa } from "execa"; export const x = execa;'],
    ["nobody-imports-cli", "src/index.ts", 'export * from "./cli/main.ts";'],
    ["tests-stay-tests", "src/plan/e.ts", 'export * from "./step.test.ts";'],
    ["tests-stay-tests", "src/host/b.ts", 'export * from "../testing/tree.ts";'],
    ["no-cycles", "src/diagnostics/b.ts", 'export * from "./c.ts";'],
    ["resolvable", "src/plan/f.ts", 'export * from "./nowhere.ts";'],
  ];
  const other = { "src/diagnostics/c.ts": 'export * from "./b.ts";' };
  const { status, stderr } = check({
    ...house,
    ...other,
    ...Object.fromEntries(plants.map(([, path, text]) => [path, text])),
  });
  const missed = plants.filter(([rule, path]) => !stderr.includes(`${rule}: ${path} → `));
  expect(missed).toEqual([]);
  expect(status).toBe(1);
});

test("a room that the rules do not know is refused", () => {
  const { status, stderr } = check({ ...house, "src/utils/x.ts": "export const x = 1;" });
  expect(stderr).toContain("src/utils: a room without rules");
  expect(status).toBe(1);
});

test("looking at nothing is a failure", () => {
  mkdirSync(join(root, "src"));
  const { status, stderr } = check({});
  expect(stderr).toContain("looked at nothing");
  expect(status).toBe(1);
});
