import { commandLineWords } from "../command-line-words.ts";
import { scriptedWords, type Refusal } from "../word-group.ts";
import { shellWord } from "./quote.ts";

/**
 * The functions that head.sh asks about a word it does not follow: `name_refusal` finds the group it belongs to, `refuse`
 * says why that is not followed. They are made from the table that the systemd stage one is made from.
 */
export function refusalPart(followed: ReadonlySet<string> = new Set()): string {
  const refused = commandLineWords.flatMap((group) => {
    const { refusal, onlyWith } = scriptedWords(group);
    const words = group.words.filter((word) => !followed.has(word));
    return refusal === undefined || words.length === 0 ? [] : [{ words, refusal, onlyWith }];
  });
  const sorted = refused.filter(({ refusal, onlyWith }) => refusal.unless === undefined && onlyWith === undefined);
  const texts = new Map<string, Refusal>(refused.map(({ refusal }) => [refusal.name, refusal]));
  return [
    "# name_refusal WORD: sets $refusal to the group of words that are not followed and that it belongs to, if any.",
    "name_refusal() {",
    "  case $1 in",
    ...sorted.map(({ words, refusal }) => `    ${words.map(patterns).join(" | ")}) refusal=${refusal.name} ;;`),
    "    *) refusal='' ;;",
    "  esac",
    "}",
    "",
    "# refuse GROUP: says why its words are not followed.",
    "refuse() {",
    "  case $1 in",
    ...[...texts.values()].map(({ name, text }) => `    ${name}) say ${shellWord(text)} ;;`),
    "  esac",
    "}",
    "",
  ].join("\n");
}

/** As ConditionKernelCommandLine= reads it: a bare word is also the name of an assignment. */
function patterns(word: string): string {
  const name = word.replace(/=$/, "");
  return name.includes("=") ? shellWord(name) : `${name} | ${name}=*`;
}
