import { isContinued } from "./unit-file.ts";

/** A unit that unitrd writes: sections in order, each a list of assignments (systemd.syntax(7)). */
export interface Unit {
  readonly name: string;
  readonly sections: readonly Section[];
  /**
   * `vendor` (/usr/lib) may be replaced by a generator, that is by a word of the kernel command line;
   * `local` (/etc) beats generators and is for what the declaration alone decides.
   */
  readonly place: UnitPlace;
  /** The whole text, when a person wrote it; `sections` is then empty. */
  readonly text?: string;
  /** Targets that pull it in, by links rather than by an [Install] section. */
  readonly wantedBy?: readonly string[];
  readonly requiredBy?: readonly string[];
}

export type UnitPlace = "vendor" | "local";

export interface Section {
  readonly name: "Unit" | "Service" | "Mount" | "Socket" | "Path" | "Timer" | "Swap" | "Target" | "Device" | "Install";
  readonly assignments: readonly Assignment[];
}

export type Assignment = readonly [key: string, value: string];

export const unitDirectory: Readonly<Record<UnitPlace, string>> = {
  vendor: "/usr/lib/systemd/system",
  local: "/etc/systemd/system",
};

/** The text of a unit file, headed by where it comes from: a person will read it on a serial console. */
export function unitText(unit: Pick<Unit, "sections" | "text">, heading: readonly string[] = []): string {
  if (unit.text !== undefined) return unit.text;
  const comment = heading.map((line) => `# ${line.replace(/\p{Cc}/gu, " ")}\n`).join("");
  const sections = unit.sections
    .filter((section) => section.assignments.length > 0)
    .map((section) => `[${section.name}]\n${section.assignments.map(assignmentLine).join("")}`);
  return `${comment === "" ? "" : `${comment}\n`}${sections.join("\n")}`;
}

function assignmentLine([key, value]: Assignment): string {
  if (!fitsLine(value)) throw new Error(`the value of ${key}= does not fit a line: ${JSON.stringify(value)}`);
  return `${key}=${value}\n`;
}

/**
 * Whether systemd reads a value as it is written: a backslash at the end would join the next line to it, and white
 * space around it is dropped. No escape helps, as most keys know none (systemd.syntax(7)).
 */
export function fitsLine(value: string): boolean {
  return !/[\n\r\0]/.test(value) && !isContinued(value) && !/^[ \t]|[ \t]$/.test(value);
}

/** The unit with more assignments at the end of one section, which is made when it is not there. */
export function withAssignments(unit: Unit, name: Section["name"], assignments: readonly Assignment[]): Unit {
  if (assignments.length === 0 || unit.text !== undefined) return unit;
  const exists = unit.sections.some((section) => section.name === name);
  const sections = exists
    ? unit.sections.map((section) =>
        section.name === name
          ? { ...section, assignments: mergeAssignments(section.assignments, assignments) }
          : section,
      )
    : [...unit.sections, { name, assignments }];
  return { ...unit, sections };
}

/** Lists such as After= are united on one line each, in order of first mention; every other key is appended. */
function mergeAssignments(present: readonly Assignment[], added: readonly Assignment[]): readonly Assignment[] {
  const result = [...present];
  for (const [key, value] of added) {
    const index = result.findIndex(([other]) => other === key);
    const old = result[index];
    if (!unitListKeys.has(key) || old === undefined) {
      result.push([key, value]);
      continue;
    }
    result[index] = [key, [...new Set([...old[1].split(" "), ...value.split(" ")])].join(" ")];
  }
  return result;
}

const unitListKeys: ReadonlySet<string> = new Set([
  "After",
  "Before",
  "Requires",
  "Wants",
  "BindsTo",
  "Conflicts",
  "OnFailure",
]);
