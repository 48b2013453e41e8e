import type { Origin, Report, Severity } from "../diagnostics/diagnostic.ts";
import { byteOrder } from "./byte-order.ts";
import { firstFile } from "./kernel.ts";
import type { Tree } from "./tree.ts";
import { commandWords, parseRules } from "./udev-tokens.ts";
import type { RuleToken } from "./udev-tokens.ts";

/** A rules file somebody asks for: `60-block.rules`. */
export interface RulesWant {
  readonly name: string;
  /** No error when the tree does not have it. */
  readonly optional?: boolean;
  readonly origin?: Origin;
}

/** A program that a rule calls. */
export interface RuleProgram {
  /** Absolute: as written, or below `/usr/lib/udev` where udev looks for others. */
  readonly path: string;
  /** Of the rules file, 1-based. */
  readonly line: number;
  /** Whether the tree has it. */
  readonly found: boolean;
}

/** What a rules file needs in the image to do its work. Lists are sorted, each item once; what is substituted at run time is not in them. */
export interface RuleFile {
  readonly name: string;
  /** In the tree, links followed. */
  readonly path: string;
  readonly programs: readonly RuleProgram[];
  /** OWNER= and GROUP= by name. */
  readonly users: readonly string[];
  readonly groups: readonly string[];
  /** Modules that it loads by name with the built-in kmod. */
  readonly modules: readonly string[];
  /** Names of udev's own commands: `blkid`, `path_id`, `hwdb`. */
  readonly builtins: readonly string[];
  /** It asks the hardware database: without `/usr/lib/udev/hwdb.bin` that finds nothing. */
  readonly usesHwdb: boolean;
  /** Units that a device pulls in by SYSTEMD_WANTS; an instance filled in at run time gives the template: `x@.service`. */
  readonly units: readonly string[];
}

export interface RuleOptions {
  /** How bad it is that a rule calls a program which the tree does not have; not said when undefined. */
  readonly missingProgram?: Severity;
}

/**
 * Reads rules files of the tree's `/usr/lib/udev/rules.d`. What the administrator of the tree put into
 * `/etc/udev/rules.d` is for the real system and not looked at.
 *
 * Reports U370 for a file that is not there, U371 for a rule that udev would refuse, U372 for a program that is missing.
 */
export function ruleFacts(
  tree: Tree,
  wants: readonly RulesWant[],
  report: Report,
  options: RuleOptions = {},
): readonly RuleFile[] {
  const files: RuleFile[] = [];
  for (const want of wants) {
    const at = want.origin === undefined ? [] : [want.origin];
    const path = /^[^/]+\.rules$/.test(want.name)
      ? firstFile(tree, [`/usr/lib/udev/rules.d/${want.name}`, `/lib/udev/rules.d/${want.name}`])
      : undefined;
    if (path === undefined) {
      if (want.optional !== true) report(missingFile(tree, want, at));
      continue;
    }
    const size = tree.lstat(path)?.size ?? 0;
    const { rules, problems } = parseRules(Buffer.from(tree.readAt(path, 0, size)).toString("utf8"));
    for (const { line, what } of problems) {
      report({
        code: "U371",
        severity: "warning",
        message: `udev will ignore the rule in line ${line} of ${path}: ${what}`,
        hint: "correct it in the sysroot, or do without that file",
        at,
      });
    }
    const file = factsOf(tree, want.name, path, rules);
    if (options.missingProgram !== undefined) reportMissing(file, options.missingProgram, report, at);
    files.push(file);
  }
  return files;
}

function factsOf(
  tree: Tree,
  name: string,
  path: string,
  rules: readonly { readonly line: number; readonly tokens: readonly RuleToken[] }[],
): RuleFile {
  const programs = new Map<string, RuleProgram>();
  const [users, groups, modules, builtins, units] = [
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
  ];
  for (const { line, tokens } of rules) {
    for (const token of tokens) {
      if (token.key === "OWNER" || token.key === "GROUP") {
        const account = accountName(token);
        if (account !== undefined) (token.key === "OWNER" ? users : groups).add(account);
      } else if (token.key === "ENV" && token.attribute === "SYSTEMD_WANTS") {
        for (const unit of unitNames(token)) units.add(unit);
      } else if (isBuiltin(token)) {
        const [command, ...words] = commandWords(token.value);
        if (command !== undefined) builtins.add(command);
        if (command === "kmod" && words[0] === "load") add(modules, words.slice(1));
      } else if (callsProgram(token)) {
        for (const program of programPaths(tree, token.value)) {
          if (!programs.has(program.path)) programs.set(program.path, { ...program, line });
        }
      }
    }
  }
  return {
    name,
    path,
    programs: [...programs.values()].sort((a, b) => byteOrder(a.path, b.path)),
    users: sorted(users),
    groups: sorted(groups),
    modules: sorted(modules),
    builtins: sorted(builtins),
    usesHwdb: builtins.has("hwdb"),
    units: sorted(units),
  };
}

function sorted(names: ReadonlySet<string>): readonly string[] {
  return [...names].sort(byteOrder);
}

function add(into: Set<string>, words: readonly (string | undefined)[]): void {
  for (const word of words) if (word !== undefined) into.add(word);
}

function assigns(token: RuleToken): boolean {
  return token.operator === "=" || token.operator === "+=" || token.operator === ":=";
}

/** A number needs no entry in passwd(5) or group(5). */
function accountName(token: RuleToken): string | undefined {
  if (!assigns(token) || token.value === "" || /[$%]/.test(token.value) || /^\d+$/.test(token.value)) return undefined;
  return token.value;
}

function unitNames(token: RuleToken): readonly string[] {
  if (!assigns(token)) return [];
  return token.value.split(/\s+/).flatMap((unit) => {
    if (unit === "") return [];
    if (!/[$%]/.test(unit)) return [unit];
    const template = /^([^$%@]+@)[^]*(\.[a-z]+)$/.exec(unit);
    return template === null ? [] : [`${template[1] ?? ""}${template[2] ?? ""}`];
  });
}

function isBuiltin(token: RuleToken): boolean {
  return (token.key === "RUN" || token.key === "IMPORT") && token.attribute === "builtin";
}

/** For PROGRAM and IMPORT every operator means the same. */
function callsProgram(token: RuleToken): boolean {
  if (token.key === "PROGRAM") return true;
  if (token.key === "IMPORT") return token.attribute === "program";
  return token.key === "RUN" && assigns(token) && token.attribute !== "builtin";
}

/**
 * The program of a command, and what it is told to run: an argument that is the absolute path of a program, as
 * systemd-run gets it.
 */
function programPaths(tree: Tree, value: string): readonly { readonly path: string; readonly found: boolean }[] {
  const [command, ...words] = commandWords(value);
  if (command === undefined || command === "") return [];
  const path = canonical(command.startsWith("/") ? command : `/usr/lib/udev/${command}`);
  if (path === undefined) return [];
  const found = isProgram(tree, path) || (!command.startsWith("/") && isProgram(tree, `/lib/udev/${command}`));
  const others = words.flatMap((word) => {
    const other = word?.startsWith("/") === true ? canonical(word) : undefined;
    return other !== undefined && isProgram(tree, other) ? [{ path: other, found: true }] : [];
  });
  return [{ path, found }, ...others];
}

/** A tree answers for paths without `.`, `..` and doubled slashes only. */
function canonical(path: string): string | undefined {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return parts.includes("..") || path.includes("\0") ? undefined : `/${parts.join("/")}`;
}

function isProgram(tree: Tree, path: string): boolean {
  const file = firstFile(tree, [path]);
  return file !== undefined && ((tree.lstat(file)?.mode ?? 0) & 0o111) !== 0;
}

function reportMissing(file: RuleFile, severity: Severity, report: Report, at: readonly Origin[]): void {
  for (const program of file.programs) {
    if (program.found) continue;
    report({
      code: "U372",
      severity,
      message: `line ${program.line} of ${file.path} calls ${program.path}, which is not in the sysroot`,
      hint: "install the package that holds it, if this machine's devices need the rule",
      at,
    });
  }
}

function missingFile(tree: Tree, want: RulesWant, at: readonly Origin[]) {
  return {
    code: "U370",
    severity: "error",
    message: `${tree.name} has no udev rules file ${JSON.stringify(want.name)}`,
    hint: "rules are taken from /usr/lib/udev/rules.d; name the file without its directory",
    at,
  } as const;
}
