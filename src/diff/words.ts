import type { ScriptedWordGroup } from "../stage-one/scripted/command-line.ts";
import type { WordGroup } from "../stage-one/systemd/command-line.ts";

/** Words of the kernel command line with one answer from each stage one. */
export interface WordRow {
  readonly words: readonly string[];
  /** `unread`: it stays a word for the real system. */
  readonly systemd: WordEffect;
  readonly scripted: WordEffect;
}

export type WordEffect = "wins" | "refused" | "systemd" | "unread";

/** What of the declaration decides about words. */
export interface WordOptions {
  readonly commandLineShell: boolean;
  readonly emergencyAccess: boolean | string;
}

/** Every word that either stage one knows, once, in the order of systemd's table. */
export function wordRows(
  systemd: readonly WordGroup[],
  scripted: readonly ScriptedWordGroup[],
  options: WordOptions,
): readonly WordRow[] {
  const rows = new Map<string, { words: string[]; systemd: WordEffect; scripted: WordEffect }>();
  const add = (word: string, one: WordGroup | undefined, other: ScriptedWordGroup | undefined): void => {
    const key = `${one === undefined ? "" : systemd.indexOf(one)} ${other === undefined ? "" : scripted.indexOf(other)}`;
    const row = rows.get(key) ?? {
      words: [],
      systemd: one === undefined ? "unread" : systemdEffect(one, options),
      scripted: other === undefined ? "unread" : scriptedEffect(other, options),
    };
    if (!row.words.includes(word)) row.words.push(word);
    rows.set(key, row);
  };
  for (const group of systemd) {
    for (const word of group.words) {
      add(
        shown(word),
        group,
        scripted.find(({ words }) => words.some((pattern) => isMatch(pattern, word))),
      );
    }
  }
  for (const group of scripted) {
    // Words that one group of the script puts together belong to one group of systemd's, which may not name them all.
    const twin = systemd.find(({ words }) =>
      words.some((word) => group.words.some((pattern) => isMatch(pattern, word))),
    );
    for (const pattern of group.words) {
      const known = systemd.find(({ words }) => words.some((word) => isMatch(pattern, word)));
      if (known === undefined) add(shown(pattern), twin, group);
    }
  }
  return [...rows.values()];
}

function isMatch(pattern: string, word: string): boolean {
  const plain = word.replace(/=$/, "");
  const beginning = pattern.replace(/\*$/, "");
  if (!pattern.endsWith("*")) return plain === beginning;
  return plain.startsWith(beginning) || `${plain}=` === beginning;
}

function shown(word: string): string {
  return word.replace(/=\*?$/, "=");
}

function systemdEffect({ effect, refusal }: WordGroup, { commandLineShell }: WordOptions): WordEffect {
  return refusal?.name === "debug-shell" && commandLineShell ? "wins" : effect;
}

function scriptedEffect({ effect, onlyWith }: ScriptedWordGroup, { emergencyAccess }: WordOptions): WordEffect {
  return onlyWith !== undefined && emergencyAccess === false ? "refused" : effect;
}
