import { earlyJob } from "./early-job.ts";

/** What unitrd wants to know of an entry of the journal (systemd.journal-fields(7)). */
export interface JournalEntry {
  /** Microseconds since the kernel started, when it was said: the journal may have learnt it later. */
  readonly time: number;
  readonly message: string;
  /** 0 (emergency) to 7 (debug), as in syslog(3). */
  readonly priority: number | undefined;
  /** Who said it: `systemd`, `kernel`, `systemd-cryptsetup`. */
  readonly identifier: string | undefined;
  readonly pid: number | undefined;
  /** For what PID 1 says: the unit it speaks of. For others: the unit they belong to. */
  readonly unit: string | undefined;
  /** `start`, `stop`, … when it is about a job. */
  readonly jobType: string | undefined;
  /** `done`, `failed`, `dependency`, `timeout`, … when the job is over. */
  readonly jobResult: string | undefined;
  /** 32 hexadecimal digits, from `sd-messages.h`. */
  readonly messageId: string | undefined;
}

/** Reads what `journalctl --output=json` prints: an object a line. Lines that are none are passed over. */
export function parseJournal(text: string): readonly JournalEntry[] {
  const entries = text.split("\n").flatMap((line) => {
    const fields = parseFields(line);
    return fields === undefined ? [] : [entryOf(fields)];
  });
  return entries.sort((a, b) => a.time - b.time);
}

type Fields = ReadonlyMap<string, string>;

function parseFields(line: string): Fields | undefined {
  if (line === "") return undefined;
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed !== "object" || parsed === null) return undefined;
    return new Map(Object.entries(parsed).map(([name, value]) => [name, fieldText(value)]));
  } catch {
    return undefined;
  }
}

/** A field that is not UTF-8 comes as a list of bytes; one that occurs twice as a list of its values. */
function fieldText(value: unknown): string {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return "";
  const items: readonly unknown[] = value;
  const bytes = items.filter((item) => typeof item === "number");
  if (bytes.length === items.length) return Buffer.from(bytes).toString("utf8");
  return fieldText(items[0]);
}

function entryOf(fields: Fields): JournalEntry {
  const number = (name: string) => {
    const value = Number(fields.get(name) ?? Number.NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  const message = fields.get("MESSAGE") ?? "";
  const common = {
    time: number("_SOURCE_MONOTONIC_TIMESTAMP") ?? number("__MONOTONIC_TIMESTAMP") ?? 0,
    message,
    priority: number("PRIORITY"),
    identifier: fields.get("SYSLOG_IDENTIFIER"),
  };
  const isEarly = fields.get("_TRANSPORT") === "kernel" && common.identifier === "systemd";
  const early = isEarly ? earlyJob(message) : undefined;
  if (early !== undefined) {
    const { unit, jobType, jobResult, begins } = early;
    return { ...common, pid: 1, unit, jobType, jobResult, messageId: begins ? startingId : undefined };
  }
  return {
    ...common,
    pid: number("_PID"),
    unit: fields.get("UNIT") ?? fields.get("_SYSTEMD_UNIT"),
    jobType: fields.get("JOB_TYPE"),
    jobResult: fields.get("JOB_RESULT"),
    messageId: fields.get("MESSAGE_ID"),
  };
}

/** SD_MESSAGE_UNIT_STARTING of sd-messages.h; of a device systemd says that it expects it. */
export const startingId = "7d4958e842da4a758f6c1cdc7b36dcc5";
