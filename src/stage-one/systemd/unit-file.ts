/** A unit file as systemd reads it: continuation lines joined, comments gone (systemd.syntax(7)). */
export interface ParsedUnit {
  /** Assignments in order; the section is that of the last header before them. */
  readonly assignments: readonly ParsedAssignment[];
}

export interface ParsedAssignment {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  /** 1-based line on which the assignment begins. */
  readonly line: number;
}

/** Reads the text of a unit file. Lines that are neither section nor assignment are left out, as systemd does. */
export function parseUnit(text: string): ParsedUnit {
  const assignments: ParsedAssignment[] = [];
  let section = "";
  for (const { line, content } of logicalLines(text)) {
    const header = /^\[([^\]]+)\]$/.exec(content)?.[1];
    if (header !== undefined) {
      section = header;
      continue;
    }
    const at = content.indexOf("=");
    if (at <= 0) continue;
    assignments.push({ section, key: content.slice(0, at).trim(), value: content.slice(at + 1).trim(), line });
  }
  return { assignments };
}

/** Comment lines between continued lines are skipped without ending the continuation. */
function logicalLines(text: string): { line: number; content: string }[] {
  const result: { line: number; content: string }[] = [];
  let pending: { line: number; content: string } | undefined;
  text.split("\n").forEach((raw, index) => {
    if (/^\s*[#;]/.test(raw)) return;
    const continued = raw.endsWith("\\");
    const piece = continued ? `${raw.slice(0, -1)} ` : raw;
    const current =
      pending === undefined ? { line: index + 1, content: piece } : { ...pending, content: pending.content + piece };
    pending = continued ? current : undefined;
    if (!continued && current.content.trim() !== "") result.push({ ...current, content: current.content.trim() });
  });
  if (pending !== undefined) result.push(pending);
  return result;
}

/** All values of a key, after the resets that an empty assignment makes (`ExecStart=`). */
export function valuesOf(unit: ParsedUnit, section: string, key: string): readonly string[] {
  return unit.assignments
    .filter((assignment) => assignment.section === section && assignment.key === key)
    .reduce<string[]>((values, assignment) => (assignment.value === "" ? [] : [...values, assignment.value]), []);
}

/** Unit names of a list key such as Wants=. */
export function unitNamesOf(unit: ParsedUnit, key: string): readonly string[] {
  return valuesOf(unit, "Unit", key).flatMap((value) => value.split(/\s+/).filter((name) => name !== ""));
}

const execKeys = [
  "ExecCondition",
  "ExecStartPre",
  "ExecStart",
  "ExecStartPost",
  "ExecReload",
  "ExecStop",
  "ExecStopPost",
] as const;

/** The programs that a unit starts, and whether systemd goes on when one fails to start (the `-` prefix). */
export function programsOf(unit: ParsedUnit): readonly { readonly program: string; readonly mayFail: boolean }[] {
  return ["Service", "Socket", "Mount", "Swap"].flatMap((section) =>
    execKeys.flatMap((key) =>
      valuesOf(unit, section, key).flatMap((value) => {
        const match = /^([-@:+!|]*)("?)([^\s"]+)\2/.exec(value);
        const program = match?.[3];
        if (program === undefined || program.includes("%")) return [];
        return [{ program, mayFail: match?.[1]?.includes("-") ?? false }];
      }),
    ),
  );
}
