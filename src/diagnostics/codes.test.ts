import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { codes, codeTables } from "./codes.ts";

const src = join(import.meta.dirname, "..");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const used = new Set(files.filter((file) => !isTableOrTest(file)).flatMap(codesIn));

describe("the table of codes", () => {
  test("has each code once", () => {
    const all = codeTables.flatMap((table) => Object.keys(table));
    expect(all.filter((code, index) => all.indexOf(code) !== index)).toEqual([]);
  });

  test("says of each code what it means and what to do", () => {
    for (const [code, entry] of Object.entries(codes)) {
      expect(code).toMatch(/^U\d{3}$/);
      expect(entry?.title, code).toMatch(/^\S.*[^.\s]$/);
      expect(entry?.explanation.length, code).toBeGreaterThan(40);
    }
  });

  test("is made of every room's table", () => {
    const tables = files.filter((file) => /^diagnostics\/codes\/[^/]+\.ts$/.test(file) && !file.endsWith(".test.ts"));
    const merged = readFileSync(join(src, "diagnostics/codes.ts"), "utf8");
    expect(tables.filter((file) => !merged.includes(`./${file.slice("diagnostics/".length)}"`))).toEqual([]);
  });

  test("explains every code that is reported", () => {
    expect([...used].filter((code) => !Object.hasOwn(codes, code)).toSorted()).toEqual([]);
  });

  test("explains no code that is never reported", () => {
    expect(Object.keys(codes).filter((code) => !used.has(code))).toEqual([]);
  });
});

function isTableOrTest(file: string): boolean {
  return file.endsWith(".test.ts") || file.startsWith("diagnostics/codes");
}

function codesIn(file: string): readonly string[] {
  return readFileSync(join(src, file), "utf8").match(/(?<=["'`])U\d{3}(?=["'`])/g) ?? [];
}
