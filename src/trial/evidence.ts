import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BootResult } from "../vm/boot.ts";
import type { JournalEntry } from "../vm/journal-entry.ts";

/** Writes down the console and the journal of a failed trial, in place of those of an earlier one; returns where. */
export async function keepEvidence(
  parent: string,
  name: string,
  boot: BootResult,
  journal: readonly JournalEntry[],
): Promise<string> {
  const directory = join(parent, name.replaceAll("/", "--"));
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(join(directory, "console.log"), boot.consoleText);
  await writeFile(join(directory, "journal.log"), journal.map(journalLine).join(""));
  return directory;
}

function journalLine({ time, identifier, pid, message }: JournalEntry): string {
  const who = `${identifier ?? "?"}${pid === undefined ? "" : `[${pid}]`}`;
  return `${(time / 1e6).toFixed(6).padStart(12)} ${who}: ${message}\n`;
}
