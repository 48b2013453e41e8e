import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { commandLineWords } from "../command-line-words.ts";
import { scriptedWords } from "../word-group.ts";
import { refusalPart } from "./command-line.ts";

const head = readFileSync(new URL("../../../templates/scripted/head.sh", import.meta.url), "utf8");

function refused(words: readonly string[]): readonly string[] {
  const lines = words.map((word) => `name_refusal '${word}'; refuse "$refusal"`);
  const script = `say() { printf '%s\\n' "$*"; }\n${refusalPart()}\n${lines.join("\n")}`;
  return spawnSync("busybox", ["sh", "-c", script], { encoding: "utf8" }).stdout.trimEnd().split("\n");
}

test.each(
  commandLineWords.flatMap((group) => {
    const { effect, refusal } = scriptedWords(group);
    const isAlways = effect === "refused" && refusal?.unless === undefined;
    return isAlways ? group.words.map((word) => [word, refusal?.text ?? "nothing is said of it"] as const) : [];
  }),
)("the script refuses %s with the sentence of the table", (word, text) => {
  const name = word.replace(/=$/, "");
  expect(refused(name.includes("=") ? [name] : [name, `${name}=value`])).toEqual(
    name.includes("=") ? [text] : [text, text],
  );
});

test("a word that begins like a refused one is none", () => {
  expect(refused(["breakfast", "resumes=1", "root=fstab2", "ipv6.disable=1"])).toEqual([""]);
});

test("every word that wins in the script is one that its template looks for", () => {
  const block = /case \$word in\n([^]*?)\n {4}esac/g;
  const patterns = [...head.matchAll(block)].flatMap(([, lines = ""]) =>
    lines.split("\n").flatMap((line) => (line.split(")")[0] ?? "").split("|").map((one) => one.trim())),
  );
  const winning = commandLineWords.flatMap((group) =>
    scriptedWords(group).effect === "wins" ? group.words.map((word) => word.replace(/=$/, "")) : [],
  );
  // The kernel itself reads module_blacklist=.
  for (const word of winning.filter((name) => name !== "module_blacklist")) {
    expect(patterns.some((pattern) => pattern === word || pattern === `${word}=*`)).toBe(true);
  }
});
