#!/usr/bin/env node
// Checks who imports whom (.dependency-cruiser.mjs) in the checkout, or in the directory given as argument.
import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { cruise } from "dependency-cruiser";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";
import rules, { rooms } from "../.dependency-cruiser.mjs";

const root = resolve(process.argv[2] ?? `${import.meta.dirname}/..`);
const problems = await check(root);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

/** @param {string} root */
async function check(root) {
  const files = readdirSync(`${root}/src`, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `src/${name}`);
  const { modules, summary } = await look(root);
  const seen = new Set(modules.map((module) => module.source));
  const edges = modules.reduce((sum, module) => sum + module.dependencies.length, 0);

  console.log(`${seen.size} modules, ${edges} imports`);
  return [
    ...(files.length === 0 || edges === 0 ? ["looked at nothing: src has no module that imports another"] : []),
    // A tool that cannot parse TypeScript passes having seen nothing.
    ...files.filter((file) => !seen.has(file)).map((file) => `not looked at: ${file}`),
    ...unknownRooms(root),
    ...summary.violations.map(describe),
  ];
}

/** @param {string} root */
async function look(root) {
  const { options, forbidden } = rules;
  const where = ["src", "qemu-tests"].filter((directory) => existsSync(`${root}/${directory}`));
  const result = await cruise(where, { ...options, baseDir: root, validate: true, ruleSet: { forbidden } }, undefined, {
    tsConfig: extractTSConfig(`${import.meta.dirname}/../tsconfig.json`),
  });
  if (typeof result.output === "string") throw new Error("dependency-cruiser answered with text instead of data");
  return result.output;
}

/** @param {string} root */
function unknownRooms(root) {
  return readdirSync(`${root}/src`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "testing" && !Object.hasOwn(rooms, entry.name))
    .map((entry) => `src/${entry.name}: a room without rules; give it a line in .dependency-cruiser.mjs`);
}

/** @param {import("dependency-cruiser").IViolation} violation */
function describe({ rule, from, to, cycle }) {
  const path = cycle ? [from, ...cycle.map((step) => step.name)].join(" → ") : `${from} → ${to}`;
  const comment = rules.forbidden.find(({ name }) => name === rule.name)?.comment ?? "";
  return `${rule.name}: ${path}\n  ${comment}`;
}
