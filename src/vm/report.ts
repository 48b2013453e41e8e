/** What a guest says of itself at one moment of its boot. */
export interface GuestReport {
  readonly event: GuestEvent;
  readonly mounts: readonly Mount[];
  readonly mappings: readonly Mapping[];
  /** Names, as in /proc/modules: with underscores. */
  readonly modules: readonly string[];
  readonly commandLine: string;
  /** Seconds since the kernel started. */
  readonly uptime: number | undefined;
  /** A gzipped tar archive of /run/log/journal. */
  readonly journal: Uint8Array | undefined;
  /** Everything, these included, by name. */
  readonly sections: ReadonlyMap<string, Uint8Array>;
}

/**
 * `hand-over`: the initrd is done and about to switch. `switched`: PID 1 runs in the real root. `emergency`: it gave up.
 * `stage-two`: the reporting root that boot tests use was reached.
 */
export const guestEvents = ["hand-over", "switched", "emergency", "stage-two"] as const;
export type GuestEvent = (typeof guestEvents)[number];

/** A line of /proc/mounts. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** A device-mapper device. */
export interface Mapping {
  readonly device: string;
  readonly name: string;
  /** device-mapper's: `CRYPT-LUKS2-…`, `LVM-…`. */
  readonly uuid: string;
  /** The devices below it, by kernel name. */
  readonly below: readonly string[];
}

export interface Reports {
  readonly whole: readonly GuestReport[];
  /** Events of reports that began and did not end: the guest died, or is still writing. */
  readonly torn: readonly GuestEvent[];
}

/**
 * Reads everything that came through the port `org.unitrd.report`. A report is `unitrd-report 1 EVENT`, then for each
 * section `section NAME BYTES`, the bytes and a newline, then `end`. What lies between reports is passed over; a report
 * that was cut off does not spoil the next one.
 */
export function parseReports(stream: Uint8Array): Reports {
  const bytes = Buffer.from(stream.buffer, stream.byteOffset, stream.length);
  const whole: GuestReport[] = [];
  const torn: GuestEvent[] = [];
  let at = bytes.indexOf(opening);
  while (at !== -1) {
    const head = lineAt(bytes, at);
    const event = guestEvents.find((name) => head?.text === opening + name);
    if (head === undefined || event === undefined) {
      at = bytes.indexOf(opening, at + opening.length);
      continue;
    }
    const body = parseSections(bytes, head.next);
    if (body === undefined) torn.push(event);
    else whole.push(guestReport(event, body.sections));
    at = bytes.indexOf(opening, body?.next ?? head.next);
  }
  return { whole, torn };
}

const opening = "unitrd-report 1 ";

function parseSections(bytes: Buffer, start: number) {
  const sections = new Map<string, Uint8Array>();
  for (let at = start; ;) {
    const line = lineAt(bytes, at);
    if (line === undefined) return undefined;
    if (line.text === "end") return { sections, next: line.next };
    const [, name, size] = /^section ([a-z][a-z0-9.-]{0,63}) (\d{1,9})$/.exec(line.text) ?? [];
    if (name === undefined) return undefined;
    const end = line.next + Number(size);
    if (bytes[end] !== newline) return undefined;
    sections.set(name, new Uint8Array(bytes.subarray(line.next, end)));
    at = end + 1;
  }
}

const newline = 0x0a;

/** A line of the framing is short; a longer one is something else. */
function lineAt(bytes: Buffer, start: number) {
  const end = bytes.subarray(start, start + 256).indexOf(newline);
  return end === -1 ? undefined : { text: bytes.toString("latin1", start, start + end), next: start + end + 1 };
}

function guestReport(event: GuestEvent, sections: ReadonlyMap<string, Uint8Array>): GuestReport {
  const text = (name: string) => Buffer.from(sections.get(name) ?? []).toString("utf8");
  const lines = (name: string) =>
    text(name)
      .split("\n")
      .filter((line) => line !== "");
  const uptime = Number.parseFloat(text("uptime"));
  const journal = sections.get("journal.tar.gz");
  return {
    event,
    mounts: lines("mounts").flatMap(parseMount),
    mappings: lines("mappings").map(parseMapping),
    modules: lines("modules").flatMap((line) => line.split(" ", 1)),
    commandLine: text("cmdline").trimEnd(),
    uptime: Number.isFinite(uptime) ? uptime : undefined,
    journal: journal?.length === 0 ? undefined : journal,
    sections,
  };
}

/** proc(5) after getmntent(3): blanks and backslashes within a field are written in octal. */
function parseMount(line: string): readonly Mount[] {
  const [source, target, type, options] = line.split(" ").map(withoutOctal);
  if (source === undefined || target === undefined || type === undefined || options === undefined) return [];
  return [{ source, target, type, options: options.split(",") }];
}

function withoutOctal(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function parseMapping(line: string): Mapping {
  const [device = "", name = "", uuid = "", below = ""] = line.split("\t");
  return { device, name, uuid, below: below.split(" ").filter((one) => one !== "") };
}
