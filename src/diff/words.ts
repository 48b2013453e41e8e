import { scriptedWords, type WordGroup } from "../stage-one/word-group.ts";

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

/** Every word that either stage one knows, once, in the order of the table. */
export function wordRows(groups: readonly WordGroup[], options: WordOptions): readonly WordRow[] {
  return groups.map((group) => ({
    words: group.words,
    systemd: systemdEffect(group, options),
    scripted: scriptedEffect(group, options),
  }));
}

function systemdEffect({ effect, refusal }: WordGroup, { commandLineShell }: WordOptions): WordEffect {
  return refusal?.name === "debug-shell" && commandLineShell ? "wins" : effect;
}

function scriptedEffect(group: WordGroup, { emergencyAccess }: WordOptions): WordEffect {
  const { effect, onlyWith } = scriptedWords(group);
  return onlyWith === "emergency-access" && emergencyAccess === false ? "refused" : effect;
}
