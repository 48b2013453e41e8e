import { fitsLine, type Assignment } from "./unit.ts";

/** A section of a file that systemd reads as it reads units, such as systemd.network(5). */
export type ConfigSection = readonly [name: string, assignments: readonly Assignment[]];

/** The text of such a file; empty sections are left out. Throws when a value cannot stand on a line (a bug of the caller). */
export function configText(heading: string, sections: readonly ConfigSection[]): string {
  const parts = sections
    .filter(([, assignments]) => assignments.length > 0)
    .map(([name, assignments]) => `[${name}]\n${assignments.map(line).join("")}`);
  return `# ${heading.replace(/\p{Cc}/gu, " ")}\n\n${parts.join("\n")}`;
}

function line([key, value]: Assignment): string {
  if (!fitsLine(value)) throw new Error(`the value of ${key}= does not fit a line: ${JSON.stringify(value)}`);
  return `${key}=${value}\n`;
}
