import { expect, test } from "vitest";
import { commandLineWords } from "../stage-one/command-line-words.ts";
import { wordRows } from "./words.ts";

const locked = { commandLineShell: false, emergencyAccess: false };
const rows = wordRows(commandLineWords, locked);
const answers = (word: string, all = rows) => {
  const row = all.find(({ words }) => words.includes(word));
  return row && [row.systemd, row.scripted];
};

test("every word of systemd's table stands in one row", () => {
  for (const word of commandLineWords.flatMap(({ words }) => words)) {
    expect([word, rows.filter(({ words }) => words.includes(word)).length]).toEqual([word, 1]);
  }
});

test("a word has the answer of each stage one", () => {
  expect(answers("root=")).toEqual(["wins", "wins"]);
  expect(answers("rd.luks.uuid")).toEqual(["refused", "refused"]);
  expect(answers("mount.usr")).toEqual(["wins", "refused"]);
  expect(answers("rd.systemd.unit=")).toEqual(["systemd", "refused"]);
  expect(answers("systemd.unit=")).toEqual(["systemd", "unread"]);
});

test("a shell decides about the words that open one", () => {
  const open = wordRows(commandLineWords, { commandLineShell: true, emergencyAccess: true });
  expect(answers("rd.break")).toEqual(["refused", "refused"]);
  expect(answers("rd.break", open)).toEqual(["refused", "wins"]);
  expect(answers("rd.systemd.debug_shell")?.[0]).toBe("refused");
  expect(answers("rd.systemd.debug_shell", open)?.[0]).toBe("wins");
});
