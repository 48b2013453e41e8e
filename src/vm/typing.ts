/** When `when` appears on the console, wait for so many seconds and type. */
export interface TypingRule {
  /** Compared without regard to white space, so that a wrapped line still matches. */
  readonly when: string;
  /** As keys: a line ends with `\n`. */
  readonly type: string;
  /** On the keyboard of a machine that has one (`screen`), not on the serial console. */
  readonly keyboard?: boolean;
  /** Seconds; a prompt may be on the screen a moment before it listens. Default 0.3. */
  readonly after?: number;
}

export interface Typist {
  /** Takes console text without escape sequences; returns the rules that it has completed. */
  hear(text: string): readonly TypingRule[];
  /** What has not appeared yet. */
  waiting(): readonly TypingRule[];
}

/**
 * Follows the rules in order: each is looked for behind what the one before it matched, so one prompt that comes twice can
 * be answered twice, each time differently.
 */
export function typist(rules: readonly TypingRule[]): Typist {
  let next = 0;
  let unread = "";
  return {
    hear(text) {
      unread += withoutSpace(text);
      const done: TypingRule[] = [];
      for (let rule = rules[next]; rule !== undefined; rule = rules[next]) {
        const end = endOfMatch(unread, withoutSpace(rule.when));
        if (end === undefined) break;
        unread = unread.slice(end);
        done.push(rule);
        next++;
      }
      if (next === rules.length) unread = "";
      return done;
    },
    waiting: () => rules.slice(next),
  };
}

/** Whether text appears on a console, as a typing rule would find it. */
export function appears(needle: string, text: string): boolean {
  return endOfMatch(withoutSpace(text), withoutSpace(needle)) !== undefined;
}

function withoutSpace(text: string): string {
  return text.replaceAll(/\s+/gu, "");
}

/** Where the first occurrence of `needle` ends, taking an ellipsis in `text` for what it may stand for. */
function endOfMatch(text: string, needle: string): number | undefined {
  const plain = text.indexOf(needle);
  const shortened = shortenedMatch(text, needle);
  if (plain === -1) return shortened;
  const end = plain + needle.length;
  return shortened === undefined ? end : Math.min(end, shortened);
}

/**
 * systemd cuts its status lines to the width of the console in the middle (`Started File Sys…eck on Root`). At least
 * half of the needle and at least eight characters must be there.
 */
function shortenedMatch(text: string, needle: string): number | undefined {
  for (const dots of text.matchAll(/…|\.\.\./g)) {
    const before = text.slice(Math.max(0, dots.index - needle.length), dots.index);
    const after = text.slice(dots.index + dots[0].length, dots.index + dots[0].length + needle.length);
    const head = longest(needle.length - 1, (length) => before.endsWith(needle.slice(0, length)));
    const tail = longest(needle.length - head - 1, (length) => after.startsWith(needle.slice(needle.length - length)));
    if (head > 0 && tail > 0 && head + tail >= Math.max(8, needle.length / 2)) {
      return dots.index + dots[0].length + tail;
    }
  }
  return undefined;
}

function longest(from: number, holds: (length: number) => boolean): number {
  for (let length = from; length > 0; length--) if (holds(length)) return length;
  return 0;
}
