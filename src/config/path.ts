/** The way to a value in a declaration: names of keys and indexes of lists. */
export type Path = readonly (string | number)[];

/** A path as it would be written in TOML: `filesystems."/".options[0]`; empty for the whole file. */
export function formatPath(path: Path): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += (text === "" ? "" : ".") + formatKey(part);
  }
  return text;
}

/** A key as TOML writes it: bare where it can be, else in double quotes. */
export function formatKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quote(key);
}

/** A basic string of TOML: quoted, with everything escaped that must be. */
export function quote(text: string): string {
  return `"${text.replace(/["\\\u0000-\u001f\u007f]/gu, escapeCharacter)}"`;
}

function escapeCharacter(character: string): string {
  if (character === '"' || character === "\\") return `\\${character}`;
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
