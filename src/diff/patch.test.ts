import fc from "fast-check";
import { expect, test } from "vitest";
import { patch, type Hunk } from "./patch.ts";

const text = fc
  .array(fc.constantFrom("a", "b", "c", "", "[Unit]"), { maxLength: 30 })
  .chain((lines) => fc.boolean().map((ends) => lines.join("\n") + (ends && lines.length > 0 ? "\n" : "")));

test("a text does not differ from itself", () => {
  fc.assert(
    fc.property(text, (one) => {
      expect(patch(one, one)).toEqual([]);
    }),
  );
});

test("a patch applied to the first text gives the second", () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      expect(applied(lines(before), patch(before, after) ?? [])).toEqual(lines(after));
    }),
  );
});

test("no fewer lines could go and come", () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const edits = (patch(before, after) ?? []).flatMap((hunk) => hunk.lines.filter(({ is }) => is !== "same"));
      const a = lines(before);
      const b = lines(after);
      expect(edits.length).toBe(a.length + b.length - 2 * longestCommon(a, b));
    }),
  );
});

test("texts with nothing in common are not shown line by line", () => {
  const many = (word: string) => Array.from({ length: 600 }, (_, index) => `${word}${index}\n`).join("");
  expect(patch(many("a"), many("b"))).toBeUndefined();
});

function lines(whole: string): string[] {
  if (whole === "") return [];
  return whole.endsWith("\n")
    ? whole.slice(0, -1).split("\n")
    : whole
        .split("\n")
        .map((line, index, all) => (index === all.length - 1 ? `${line}\n\\ no newline at the end` : line));
}

function applied(before: readonly string[], hunks: readonly Hunk[]): string[] {
  const result: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    result.push(...before.slice(at, hunk.before - 1));
    at = hunk.before - 1;
    expect(result.length).toBe(hunk.after - 1);
    for (const line of hunk.lines) {
      if (line.is !== "added") expect(before[at++]).toBe(line.text);
      if (line.is !== "removed") result.push(line.text);
    }
  }
  return [...result, ...before.slice(at)];
}

function longestCommon(a: readonly string[], b: readonly string[]): number {
  const row = new Array<number>(b.length + 1).fill(0);
  for (const line of a) {
    let diagonal = 0;
    b.forEach((other, index) => {
      const above = row[index + 1] ?? 0;
      row[index + 1] = line === other ? diagonal + 1 : Math.max(above, row[index] ?? 0);
      diagonal = above;
    });
  }
  return row[b.length] ?? 0;
}
