import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { scriptedCommandLineWords } from "./command-line.ts";

const head = readFileSync(new URL("../../../templates/scripted/head.sh", import.meta.url), "utf8");

test("the table has exactly the words that the script looks for, in its order", () => {
  const block = /case \$word in\n([^]*?)\n {4}esac/.exec(head)?.[1] ?? "";
  const patterns = block.split("\n").flatMap((line) => (line.split(")")[0] ?? "").split("|"));
  const inTemplate = patterns.map((pattern) => pattern.trim());
  expect(inTemplate.length).toBeGreaterThan(10);
  expect(scriptedCommandLineWords.flatMap(({ words }) => words)).toEqual(inTemplate);
});

test("a word is refused in the table exactly when the script refuses it", () => {
  const refused = [...head.matchAll(/^ {6}(.*?)\) refused=/gm)].flatMap(([, patterns]) =>
    (patterns ?? "").split("|").map((pattern) => pattern.trim()),
  );
  const inTable = scriptedCommandLineWords.filter(({ effect }) => effect === "refused").flatMap(({ words }) => words);
  expect(inTable).toEqual(refused);
});
