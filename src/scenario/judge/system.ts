import type { Expectation } from "../expectation.ts";
import type { Judge } from "../failure.ts";
import { nearest } from "../near.ts";
import type { ReportedMapping, StageTwo } from "../stage-two-report.ts";

/** Compares mappings, modules, their parameters, swap, and the outcome of the scenario's own script. */
export function judgeSystem(expectation: Expectation, stageTwo: StageTwo, fail: Judge): void {
  judgeMappings(expectation, stageTwo, fail);
  judgeModules(expectation, stageTwo, fail);
  judgeSwap(expectation, stageTwo, fail);
  if (expectation.shell === undefined || stageTwo.shell?.status === 0) return;
  const found = stageTwo.shell === undefined ? "it was not run" : `status ${stageTwo.shell.status}`;
  const near = stageTwo.shell?.output.trimEnd().split("\n").slice(-10) ?? [];
  fail({ path: ["shell"], expected: "the script succeeds", found, near });
}

function judgeMappings(expectation: Expectation, { mappings }: StageTwo, fail: Judge): void {
  const all = mappings.map(described);
  const count = expectation["mapping-count"];
  if (count !== undefined && count !== mappings.length) {
    fail({ path: ["mapping-count"], expected: `${count} mappings`, found: `${mappings.length}`, near: all });
  }
  for (const [name, wanted] of Object.entries(expectation.mappings ?? {})) {
    const mapping = mappings.find((one) => one.name === name);
    if (wanted === "absent") {
      if (mapping !== undefined) {
        fail({ path: ["mappings", name], expected: `no mapping ${name}`, found: described(mapping), near: [] });
      }
    } else if (mapping === undefined) {
      fail({ path: ["mappings", name], expected: `a mapping ${name}`, found: "none", near: all });
    } else {
      const { type, on } = wanted;
      if (type !== undefined && !isOfType(mapping, type)) {
        fail({ path: ["mappings", name, "type"], expected: type, found: mapping.uuid || "no UUID", near: [] });
      }
      if (on !== undefined && !mapping.below.includes(on)) {
        fail({ path: ["mappings", name, "on"], expected: on, found: mapping.below.join(" ") || "nothing", near: [] });
      }
    }
  }
}

function isOfType(mapping: ReportedMapping, type: string): boolean {
  return mapping.uuid.toLowerCase().startsWith(`${type.toLowerCase()}-`);
}

function described({ name, uuid, below }: ReportedMapping): string {
  return `${name}: ${uuid === "" ? "no UUID" : uuid} on ${below.join(" ")}`;
}

function judgeModules(expectation: Expectation, { modules, parameters }: StageTwo, fail: Judge): void {
  for (const [name, wanted] of Object.entries(expectation.modules ?? {})) {
    const isLoaded = modules.includes(underscored(name));
    if (isLoaded === (wanted === "loaded")) continue;
    const found = isLoaded ? "loaded" : "not loaded (or built in)";
    fail({
      path: ["modules", name],
      expected: wanted,
      found,
      near: isLoaded ? [] : nearest(underscored(name), modules),
    });
  }
  for (const [name, wanted] of Object.entries(expectation["module-parameters"] ?? {})) {
    const found = parameters.get(underscored(name));
    if (found === wanted) continue;
    const near = found === undefined ? nearest(name, parameters.keys()) : [];
    fail({ path: ["module-parameters", name], expected: wanted, found: found ?? "no such parameter", near });
  }
}

function underscored(name: string): string {
  return name.replaceAll("-", "_");
}

function judgeSwap(expectation: Expectation, stageTwo: StageTwo, fail: Judge): void {
  if (expectation.swap === undefined) return;
  const [expected, found] = [expectation.swap, stageTwo.swap].map((list) => [...list].sort().join(" ") || "no swap");
  if (expected !== found) fail({ path: ["swap"], expected: expected ?? "", found: found ?? "", near: [] });
}
