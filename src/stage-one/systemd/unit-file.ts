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
  text.split(/\r\n|[\r\n\0]/).forEach((raw, index) => {
    if (/^\s*[#;]/.test(raw)) return;
    const continued = isContinued(raw);
    const piece = continued ? `${raw.slice(0, -1)} ` : raw;
    const current =
      pending === undefined ? { line: index + 1, content: piece } : { ...pending, content: pending.content + piece };
    pending = continued ? current : undefined;
    if (!continued && current.content.trim() !== "") result.push({ ...current, content: current.content.trim() });
  });
  if (pending !== undefined) result.push(pending);
  return result;
}

/** A backslash at the end joins lines, unless one before it makes it a plain character. */
export function isContinued(line: string): boolean {
  return ((/\\*$/.exec(line)?.[0] ?? "").length & 1) === 1;
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
  "ExecStopPre",
  "ExecStopPost",
] as const;

/** The programs that a unit starts, and whether systemd goes on when one fails to start (the `-` prefix). */
export function programsOf(unit: ParsedUnit): readonly { readonly program: string; readonly mayFail: boolean }[] {
  return ["Service", "Socket", "Mount", "Swap"].flatMap((section) =>
    execKeys.flatMap((key) => valuesOf(unit, section, key).flatMap(commandsOf)),
  );
}

/** The program of each command of a line; a name that a specifier completes is not known here and left out. */
function commandsOf(line: string): { program: string; mayFail: boolean }[] {
  const commands: { program: string; mayFail: boolean }[] = [];
  let begins = true;
  for (const word of wordsOf(line)) {
    if (begins) {
      const [, prefix = "", program = ""] = /^([-@:+!|]*)(.*)$/s.exec(word.text) ?? [];
      const path = program.replaceAll("%%", "");
      if (path !== "" && !path.includes("%")) {
        commands.push({ program: program.replaceAll("%%", "%"), mayFail: prefix.includes("-") });
      }
    }
    begins = word.separates;
  }
  return commands;
}

/** Words of a command line, systemd.service(5), "Command Lines"; a bare `;` separates commands. */
function wordsOf(line: string): { text: string; separates: boolean }[] {
  return [...line.matchAll(/(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^\s"'\\])+/gs)].map(([word]) => ({
    text: unquoted(word),
    separates: word === ";",
  }));
}

/** Without quotes, and with the escapes undone that a path may be written with. */
function unquoted(word: string): string {
  const pieces = word.matchAll(/"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|((?:\\.|[^"'\\])+)/gs);
  return [...pieces].map(([, double, single, bare]) => unescaped(double ?? single ?? bare ?? "")).join("");
}

function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/gs, (_all, hex: string | undefined, other: string | undefined) =>
    hex === undefined ? (other === "s" ? " " : (other ?? "")) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
