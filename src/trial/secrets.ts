import type { Failure } from "../scenario/failure.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { BootResult } from "../vm/boot.ts";
import type { JournalEntry } from "../vm/journal-entry.ts";

/** Takes the values of a scenario's credentials out of what is shown and kept. */
export interface Secrets {
  text(text: string): string;
  failure(failure: Failure): Failure;
  boot(boot: BootResult): BootResult;
  journal(journal: readonly JournalEntry[]): readonly JournalEntry[];
}

export function secretsOf({ credentials }: Pick<Scenario, "credentials">): Secrets {
  const hidden = Object.entries(credentials).flatMap(([name, { value }]) => {
    const forms = [value, Buffer.from(value).toString("base64"), ...value.split("\n")];
    return forms.filter((form) => form.trim() !== "").map((form) => [form, `<${name}>`] as const);
  });
  // The longest first: one may hold another.
  hidden.sort(([a], [b]) => b.length - a.length);
  const text = (one: string): string =>
    hidden.reduce((shown, [form, instead]) => shown.replaceAll(form, () => instead), one);
  const journal = (entries: readonly JournalEntry[]): readonly JournalEntry[] =>
    hidden.length === 0 ? entries : entries.map((entry) => ({ ...entry, message: text(entry.message) }));
  return {
    text,
    journal,
    failure: (failure) => ({
      ...failure,
      expected: text(failure.expected),
      found: text(failure.found),
      near: failure.near.map(text),
    }),
    boot: (boot) => ({
      ...boot,
      consoleText: text(boot.consoleText),
      journal: journal(boot.journal),
      clients: boot.clients.map((client) => ({ ...client, output: text(client.output) })),
    }),
  };
}
