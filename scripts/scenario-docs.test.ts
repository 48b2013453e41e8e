import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { parseToml } from "../src/config/parse.ts";
import { findings } from "../src/diagnostics/diagnostic.ts";
import { readScenarios, scenarioSchema } from "../src/scenario/scenario.ts";

const page = readFileSync(join(resolve(import.meta.dirname, ".."), "qemu-tests/README.md"), "utf8");

describe("the description of scenario.toml", () => {
  test("names every key", () => {
    const keys = [...new Set(keysOf(z.toJSONSchema(scenarioSchema, { io: "input" })))].sort();
    expect(keys.length).toBeGreaterThan(100);
    expect(keys.filter((key) => !new RegExp(`(^|[^\\w-])${key}([^\\w-]|$)`, "m").test(page))).toEqual([]);
  });

  test("shows no key that there is not", () => {
    const found = findings();
    const blocks = [...page.matchAll(/^```toml\n([^]*?)^```$/gm)].map(([, toml = ""]) => toml);
    blocks.forEach((toml, index) => {
      const document = parseToml(`block ${index + 1}`, toml, found.report);
      if (document !== undefined) readScenarios(document, "scenario", found.report);
    });
    expect(blocks.length).toBeGreaterThan(5);
    const unknown = found.all.filter(({ code, message }) => code === "U671" && message.startsWith("there is no key"));
    expect(unknown.map(({ message, at: [at] }) => `${at?.file ?? ""}:${at?.line ?? 0} ${message}`)).toEqual([]);
  });
});

function keysOf(schema: unknown): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap(keysOf);
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([name, value]: [string, unknown]) => {
    const own = name === "properties" && typeof value === "object" && value !== null ? Object.keys(value) : [];
    return [...own, ...keysOf(value)];
  });
}
