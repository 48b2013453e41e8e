/** A group of words of the kernel command line and what becomes of them. docs/command-line.md is made from this table. */
export interface WordGroup {
  readonly words: readonly string[];
  /** In the systemd stage one. `systemd`: systemd itself reads them. */
  readonly effect: "wins" | "refused" | "systemd";
  /** For the documentation: what the words do here, or why they are refused. */
  readonly meaning: string;
  /** For the console, when they are refused. */
  readonly refusal?: Refusal;
  /** What the words win only with; without it they are refused. */
  readonly onlyWith?: "network";
  /** What the script does otherwise. By default it follows and refuses the same, and reads nothing that systemd reads. */
  readonly scripted?: ScriptedWords;
}

export interface Refusal {
  readonly name: string;
  readonly text: string;
  /** Beside one of these words they count. */
  readonly unless?: readonly string[];
}

export interface ScriptedWords {
  /** `unread`: it stays a word for the real system. */
  readonly effect: "wins" | "refused" | "unread";
  readonly meaning: string;
  readonly refusal?: Refusal;
  /** What the words win only with; without it they are refused. */
  readonly onlyWith?: "emergency-access" | "volatile" | "network";
}

/** What the scripted stage one makes of a group. */
export function scriptedWords(group: WordGroup): ScriptedWords {
  if (group.scripted !== undefined) return group.scripted;
  const { effect, meaning, refusal } = group;
  return {
    effect: effect === "systemd" ? "unread" : effect,
    meaning,
    ...(refusal === undefined ? {} : { refusal }),
  };
}
