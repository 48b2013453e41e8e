import type { TextExpectation } from "../expectation.ts";
import type { Judge } from "../failure.ts";
import { nearest } from "../near.ts";

/** Looks for texts and regular expressions in lines; a text does not reach over the end of a line. */
export function judgeText(
  where: readonly (string | number)[],
  expectation: TextExpectation | undefined,
  lines: readonly string[],
  fail: Judge,
): void {
  const tests = [
    ["includes", true, (text: string) => (line: string) => line.includes(text)],
    ["matches", true, (source: string) => (line: string) => new RegExp(source).test(line)],
    ["excludes", false, (text: string) => (line: string) => line.includes(text)],
    ["matches-not", false, (source: string) => (line: string) => new RegExp(source).test(line)],
  ] as const;
  for (const [key, wanted, testOf] of tests) {
    expectation?.[key]?.forEach((text, index) => {
      const hit = lines.find(testOf(text));
      if ((hit !== undefined) === wanted) return;
      fail({
        path: [...where, key, index],
        expected: `${wanted ? "a" : "no"} line ${key.startsWith("matches") ? "that matches" : "with"} ${JSON.stringify(text)}`,
        found: hit ?? `none in ${lines.length} lines`,
        near: wanted ? nearest(text, lines) : [],
      });
    });
  }
}
