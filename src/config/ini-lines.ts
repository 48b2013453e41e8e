import { parse } from "ini";

/** A section of a file of `[Section]`s and `Key=Value` lines; a name may stand there several times, and each counts. */
export interface IniSection {
  readonly name: string;
  readonly settings: readonly IniSetting[];
}

export interface IniSetting {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  /** 1-based. */
  readonly line: number;
}

export interface IniLines {
  readonly sections: readonly IniSection[];
  /** Lines that say nothing that can be understood. */
  readonly unreadable: readonly { readonly line: number; readonly text: string }[];
}

/**
 * Reads systemd.syntax(7) and the keyfiles of GLib, which keep what INI for programs does not: keys and sections that
 * stand there several times, `;` and `#` within a value, the line where it was written. So each line is parsed alone.
 */
export function iniLines(text: string): IniLines {
  const sections: { name: string; settings: IniSetting[] }[] = [];
  const unreadable: { line: number; text: string }[] = [];
  for (const { line, content } of logicalLines(text)) {
    const header = /^\[(.*)\]$/.exec(content)?.[1];
    const current = sections.at(-1);
    if (header !== undefined) {
      sections.push({ name: header, settings: [] });
      continue;
    }
    const setting = current === undefined ? undefined : readSetting(content);
    if (current === undefined || setting === undefined) unreadable.push({ line, text: content });
    else current.settings.push({ section: current.name, ...setting, line });
  }
  return { sections, unreadable };
}

function readSetting(content: string): { readonly key: string; readonly value: string } | undefined {
  const at = content.indexOf("=");
  if (at <= 0) return undefined;
  const key = content.slice(0, at).trim();
  const value = content.slice(at + 1).trim();
  if (!/^[A-Za-z0-9_.-]+$/.test(key)) return undefined;
  const entries = Object.entries(parse(`${key}=${escaped(value)}`));
  const [first] = entries;
  // `__proto__` is the name of a key that the parser leaves out.
  if (first === undefined || entries.length !== 1) return undefined;
  return { key, value: String(first[1] ?? value) };
}

/** A value that the parser shall give back as it is. */
function escaped(value: string): string {
  const plain = value.replaceAll("\\", "\\\\").replaceAll(";", "\\;").replaceAll("#", "\\#");
  return /^["']/.test(value) ? JSON.stringify(value) : plain;
}

function logicalLines(text: string): readonly { readonly line: number; readonly content: string }[] {
  const found: { line: number; content: string }[] = [];
  let open: { line: number; content: string } | undefined;
  text.split(/\r\n|[\r\n\0]/).forEach((raw, index) => {
    if (/^\s*[#;]/.test(raw)) return;
    const isContinued = ((/\\*$/.exec(raw)?.[0] ?? "").length & 1) === 1;
    const piece = isContinued ? `${raw.slice(0, -1)} ` : raw;
    open = open === undefined ? { line: index + 1, content: piece } : { ...open, content: open.content + piece };
    if (isContinued) return;
    found.push(open);
    open = undefined;
  });
  if (open !== undefined) found.push(open);
  return found.map(({ line, content }) => ({ line, content: content.trim() })).filter(({ content }) => content !== "");
}
