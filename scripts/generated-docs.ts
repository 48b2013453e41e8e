import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RouteMap } from "@stricli/core";
import { format, resolveConfig } from "prettier";
import { rooms } from "../.dependency-cruiser.mjs";
import { runCommandLine } from "../src/cli/command-line.ts";
import type { Context, Screen } from "../src/cli/context.ts";
import { routes } from "../src/cli/routes.ts";
import { declarationSchema } from "../src/compile/declaration.ts";
import { jsonSchema } from "../src/config/json-schema.ts";
import { referencePage } from "../src/config/reference.ts";
import { codes } from "../src/diagnostics/codes.ts";
import { readResults, resultTable } from "../src/scenario/results.ts";
import { commandLineWords } from "../src/stage-one/command-line-words.ts";
import { scriptedWords } from "../src/stage-one/word-group.ts";
import { exitStatuses } from "../src/vm/outcome.ts";
import { differences } from "./differences.ts";

/**
 * A page of docs with its generated parts as they are now. Such a part stands between two comments,
 * `<!-- begin NAME: … -->` and `<!-- end NAME -->`; all else is written by hand. Throws for a name that there is not.
 */
export async function freshPage(page: string): Promise<string> {
  let fresh = page;
  for (const [whole, name] of page.matchAll(/<!-- begin (\S+): .*? -->[^]*?<!-- end \1 -->/g)) {
    const make = parts[name ?? ""];
    if (make === undefined) throw new Error(`docs: there is no generated part ${name ?? ""}`);
    const text = `<!-- begin ${name ?? ""}: made by npm run docs -->\n\n${(await make()).trim()}\n\n<!-- end ${name ?? ""} -->`;
    fresh = fresh.replace(whole, () => text);
  }
  return pretty(fresh, "page.md");
}

/** The JSON Schema of the declaration, as `unitrd schema` prints it. */
export function schemaFile(): Promise<string> {
  const schema = jsonSchema(declarationSchema, { id: "urn:unitrd:declaration", title: "unitrd declaration" });
  return pretty(JSON.stringify(schema), "declaration.schema.json");
}

const parts: Readonly<Record<string, () => string | Promise<string>>> = {
  declaration,
  diagnostics,
  "kernel-command-line-table": kernelCommandLineTable,
  "kernel-command-line": kernelCommandLine,
  "scripted-kernel-command-line": scriptedCommandLine,
  commands,
  "stage-one-differences": stageOneDifferences,
  "boot-exit-statuses": bootExitStatuses,
  "boot-results": bootResults,
  rooms: roomTable,
};

async function pretty(text: string, name: string): Promise<string> {
  const config = await resolveConfig(`${import.meta.dirname}/../docs/${name}`);
  return format(text, { ...config, filepath: name });
}

/** Without its title and introduction, which the page has of its own; keys that stand for others as one could write them. */
function declaration(): string {
  const page = referencePage(declarationSchema);
  return page
    .slice(page.indexOf("\n## "))
    .replaceAll(/^## /gm, "### ")
    .replaceAll('."PATH"', '."/PATH"')
    .replaceAll('."UNIT"', '."NAME.service"');
}

function diagnostics(): string {
  return Object.entries(codes)
    .filter(([, entry]) => entry !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([code, entry]) => `## ${code}: ${entry?.title ?? ""}\n\n${entry?.explanation ?? ""}`)
    .join("\n\n");
}

function kernelCommandLine(): string {
  const heads = {
    wins: "Words that win",
    refused: "Words that are refused",
    systemd: "Words that systemd reads",
  } as const;
  return (["wins", "refused", "systemd"] as const)
    .map((effect) => {
      const groups = commandLineWords.filter((group) => group.effect === effect);
      const entries = groups.map(({ words, meaning, refusal }) => {
        const says = refusal === undefined ? "" : ` On the console: \`${refusal.text}\``;
        return `- ${wordList(words)}: ${meaning}${says}`;
      });
      return `#### ${heads[effect]}\n\n${entries.join("\n")}`;
    })
    .join("\n\n");
}

/** A row for each word that either stage one knows. */
function kernelCommandLineTable(): string {
  const effects = { wins: "wins", refused: "refused", systemd: "systemd reads it", unread: "–" } as const;
  const rows = commandLineWords.flatMap((group) =>
    group.words.map((word) => [
      `\`${word.replace(/=$/, "")}\``,
      effects[group.effect],
      effects[scriptedWords(group).effect],
    ]),
  );
  const sorted = rows.toSorted(([one = ""], [other = ""]) => (one < other ? -1 : 1));
  return table(["Word", "systemd stage one", "scripted stage one"], sorted);
}

/** Only what the script makes otherwise of a word. */
function scriptedCommandLine(): string {
  return commandLineWords
    .flatMap(({ words, scripted }) => {
      if (scripted === undefined) return [];
      const says = scripted.refusal === undefined ? "" : ` On the console: \`${scripted.refusal.text}\``;
      return [`- ${wordList(words)} ${scripted.effect === "wins" ? "win" : "are refused"}. ${scripted.meaning}${says}`];
    })
    .join("\n");
}

function stageOneDifferences(): string {
  const rows = differences().map(({ what, systemd, scripted, why }) => [what, systemd, scripted, why]);
  return table(["", "systemd", "script", "why"], rows);
}

/** From qemu-tests/results.json, which `./scripts/test --full` writes. */
function bootResults(): string {
  const tests = join(import.meta.dirname, "../qemu-tests");
  const describe = (layout: string): string =>
    /^description = "(.*)"$/m.exec(readFileSync(join(tests, layout, "scenario.toml"), "utf8"))?.[1] ?? "";
  const { heads, rows } = resultTable(readResults(readFileSync(join(tests, "results.json"), "utf8")), describe);
  return table(heads, rows);
}

function wordList(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(", ");
}

function bootExitStatuses(): string {
  const rows = Object.entries(exitStatuses).map(([name, { status, explanation }]) => [`${status}`, name, explanation]);
  return table(["Status", "Outcome", "Meaning"], rows);
}

async function commands(): Promise<string> {
  const names = commandNames(routes);
  const texts = await Promise.all(
    names.map(async (words) => `### \`unitrd ${words.join(" ")}\`\n\n\`\`\`text\n${await help(words)}\n\`\`\``),
  );
  return texts.join("\n\n");
}

function commandNames(map: RouteMap<Context>): readonly (readonly string[])[] {
  return map.getAllEntries().flatMap(({ name, target }) => {
    if ("getAllEntries" in target) return commandNames(target).map((words) => [name.original, ...words]);
    return [[name.original]];
  });
}

async function help(command: readonly string[]): Promise<string> {
  let text = "";
  const screen = (write: (piece: string | Uint8Array) => void): Screen => {
    return { write, isTerminal: false, colour: false, width: undefined };
  };
  const output = screen((piece) => (text += piece.toString()));
  const messages = screen(() => undefined);
  await runCommandLine([...command, "--help"], { process: { stdout: output, stderr: messages }, output, messages });
  return text.trimEnd();
}

function roomTable(): string {
  const known: Readonly<Record<string, readonly string[]>> = rooms;
  const rows = Object.entries(known).map(([room, imports]) => [
    `\`${room}\``,
    imports.length === 0 ? "nothing" : imports.map((other) => `\`${other}\``).join(", "),
  ]);
  return table(["Room", "May import"], rows);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}
