import { printable } from "./cell.ts";
import type { Diagnostic, Origin, Severity } from "./diagnostic.ts";
import { snippet } from "./snippet.ts";

export interface RenderOptions {
  /** The text of a file by the name that origins carry; `undefined` when it cannot be had. */
  readonly sources: (file: string) => string | undefined;
  readonly colour: boolean;
  /** Columns of the terminal; longer lines of source are cut around the mark. Not cut when absent. */
  readonly width?: number;
}

/** Findings as a person reads them, with an empty line between two; ends in a line feed unless there are none. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  return diagnostics.map((diagnostic) => `${renderOne(diagnostic, options).join("\n")}\n`).join("\n");
}

/** `2 errors, 1 warning`; empty when there are no findings. */
export function summary(diagnostics: readonly Diagnostic[]): string {
  return severities
    .map((severity) => ({ severity, count: diagnostics.filter((found) => found.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity}${count === 1 ? "" : "s"}`)
    .join(", ");
}

/** Findings as data for `--json`, with a count of each severity. */
export function diagnosticsAsJson(diagnostics: readonly Diagnostic[]): DiagnosticsJson {
  const count = (severity: Severity): number => diagnostics.filter((found) => found.severity === severity).length;
  return { errors: count("error"), warnings: count("warning"), hints: count("hint"), diagnostics };
}

export interface DiagnosticsJson {
  readonly errors: number;
  readonly warnings: number;
  readonly hints: number;
  readonly diagnostics: readonly Diagnostic[];
}

const severities = ["error", "warning", "hint"] as const satisfies readonly Severity[];

function renderOne(diagnostic: Diagnostic, options: RenderOptions): readonly string[] {
  const paint = painter(options.colour);
  const gutter = gutterOf(diagnostic.at);
  const head = paint(diagnostic.severity, `${diagnostic.severity}[${diagnostic.code}]`);
  const lines = [`${head}${paint("strong", `: ${printable(diagnostic.message)}`)}`];
  diagnostic.at.forEach((origin, index) => {
    lines.push(...renderOrigin(origin, index === 0 ? "-->" : ":::", gutter, diagnostic.severity, options));
  });
  if (diagnostic.hint !== undefined) {
    lines.push(
      `${" ".repeat(gutter)} ${paint("frame", "=")} ${paint("strong", "help")}: ${printable(diagnostic.hint)}`,
    );
  }
  return lines;
}

/** Width of the column of line numbers, the same for all snippets of a finding. */
function gutterOf(origins: readonly Origin[]): number {
  return Math.max(1, ...origins.map((origin) => String(origin.line).length));
}

function renderOrigin(
  origin: Origin,
  arrow: string,
  gutter: number,
  severity: Severity,
  options: RenderOptions,
): readonly string[] {
  const paint = painter(options.colour);
  const pad = " ".repeat(gutter);
  const place = `${printable(origin.file)}:${origin.line}:${origin.column}${origin.isDefault ? " (default)" : ""}`;
  const location = `${pad}${paint("frame", arrow)} ${place}`;
  const line = lineOf(options.sources(origin.file), origin.line);
  if (line === undefined) return [location];
  const room = options.width === undefined ? Infinity : Math.max(20, options.width - gutter - 3);
  const { text, indent, marks } = snippet(line, origin.column, origin.length ?? 1, room);
  const bar = paint("frame", "|");
  return [
    location,
    `${pad} ${bar}`,
    `${paint("frame", String(origin.line).padStart(gutter))} ${bar} ${text}`.trimEnd(),
    `${pad} ${bar} ${" ".repeat(indent)}${paint(severity, "^".repeat(marks))}`,
  ];
}

/** One line of a source; `undefined` when there is no such line. */
function lineOf(source: string | undefined, line: number): string | undefined {
  const lines = source?.replace(/^\ufeff/, "").split("\n");
  return lines?.[line - 1]?.replace(/\r$/, "");
}

type Style = Severity | "strong" | "frame";

const codes: Readonly<Record<Style, string>> = {
  error: "1;31",
  warning: "1;33",
  hint: "1;36",
  strong: "1",
  frame: "1;34",
};

function painter(colour: boolean): (style: Style, text: string) => string {
  return colour ? (style, text) => `\u001b[${codes[style]}m${text}\u001b[0m` : (_, text) => text;
}
