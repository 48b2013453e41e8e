import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Report } from "../diagnostics/diagnostic.ts";
import { programPath, runProgram } from "../host/processes.ts";
import { parseJournal } from "./journal-entry.ts";
import type { JournalEntry } from "./journal-entry.ts";
import { withPrivateDirectory } from "./private-directory.ts";
import { tarFiles } from "./tar.ts";

/**
 * The entries of a guest's journal, oldest first, from the gzipped tar archive of its files. journalctl(1) of this
 * machine reads them. Reports U605 (no journalctl) or U606 (damaged), and then knows of no entry.
 */
export async function readJournal(archive: Uint8Array, report: Report): Promise<readonly JournalEntry[]> {
  if (programPath("journalctl") === undefined) {
    report({
      code: "U605",
      severity: "warning",
      message: "the guest's journal is not read: journalctl is not installed on this machine",
      hint: "install systemd to see the time line of a boot",
      at: [],
    });
    return [];
  }
  const files = unpack(archive);
  if (files === undefined) {
    report(damaged("it is no gzipped tar archive"));
    return [];
  }
  if (files.length === 0) return [];
  return withPrivateDirectory(async (directory) => {
    // The names in the archive are a guest's: these are ours.
    const paths = await Promise.all(
      files.map(async (bytes, index) => {
        const path = join(directory, `${index}.journal`);
        await writeFile(path, bytes, { mode: 0o600 });
        return path;
      }),
    );
    const result = await runProgram(
      "journalctl",
      [...paths.flatMap((path) => ["--file", path]), "--output=json", "--all", "--no-pager", "--quiet"],
      { seconds: 30 },
    );
    if (result.status !== 0) report(damaged(result.stderr.trim().split("\n").at(-1) ?? "journalctl failed"));
    return parseJournal(Buffer.from(result.stdout).toString("utf8"));
  });
}

/** A journal in /run is at most an eighth of the guest's memory; this bounds one that lies. */
const largest = 512 * 1024 ** 2;

function unpack(archive: Uint8Array): readonly Uint8Array[] | undefined {
  try {
    const files = tarFiles(gunzipSync(archive, { maxOutputLength: largest }));
    return files.filter(({ name }) => name.endsWith(".journal")).map(({ bytes }) => bytes);
  } catch {
    return undefined;
  }
}

function damaged(because: string) {
  return {
    code: "U606",
    severity: "warning",
    message: `the guest's journal cannot be read: ${because}`,
    hint: "the guest may have died while it wrote; its console says more",
    at: [],
  } as const;
}
