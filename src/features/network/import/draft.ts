import type { IniSetting } from "../../../config/ini-lines.ts";
import { link } from "../declared.ts";

/** A file of the network configuration of another program. */
export interface NetworkFile {
  readonly path: string;
  readonly text: string;
}

/** Something that a file says and a link here does not. */
export interface Lost {
  readonly file: string;
  readonly line: number;
  /** `[Network] DHCP=server` */
  readonly what: string;
  readonly why: string;
}

/** A link as files describe it: keys of `[network.links.NAME]`, not yet complete. */
export interface Draft {
  readonly name: string;
  readonly file: string;
  readonly values: Record<string, unknown>;
  /** The line of each key, by the first word of its path. */
  readonly lines: Map<string, number>;
}

/** What a file was understood as. */
export interface Understood {
  readonly drafts: readonly Draft[];
  /** Links that other files make, on top of one of this. */
  readonly vlans: readonly { readonly parent: string; readonly child: string; readonly lost: Lost }[];
  readonly lost: readonly Lost[];
}

/** How one setting becomes one key. */
export interface Rule {
  readonly path: readonly [string, ...string[]];
  /** Undefined: nothing that this key can be. */
  readonly read: (value: string) => unknown;
  /** Values add up. */
  readonly many?: true;
}

/** Takes a setting into a draft; answers why it cannot. */
export function take(draft: Draft, rule: Rule, { value, line }: IniSetting): string | undefined {
  if (value === "") {
    write(draft.values, rule.path, undefined);
    return undefined;
  }
  const read = rule.read(value);
  if (read === undefined) return `${rule.path.join(".")} cannot say this`;
  const earlier = at(draft.values, rule.path);
  const next = rule.many === true ? [earlier ?? [], read].flat() : read;
  const complaint = complaintOf(rule.path, next);
  if (complaint !== undefined) return complaint;
  write(draft.values, rule.path, next);
  draft.lines.set(rule.path[0], line);
  return undefined;
}

/** What the schema says against a value at a path, whatever else is missing. */
export function complaintOf(path: readonly string[], value: unknown): string | undefined {
  const whole = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  const issues = link.safeParse(whole).error?.issues ?? [];
  return issues.find((issue) => path.every((key, index) => issue.path[index] === key))?.message;
}

function at(values: Readonly<Record<string, unknown>>, [key, ...rest]: readonly string[]): unknown {
  const value = key === undefined ? undefined : values[key];
  if (rest.length === 0) return value;
  return isRecord(value) ? at(value, rest) : undefined;
}

function write(values: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = "", ...rest] = path;
  if (rest.length > 0) {
    const inner = isRecord(values[key]) ? { ...values[key] } : {};
    write(inner, rest, value);
    if (Object.keys(inner).length > 0) values[key] = inner;
  } else if (value === undefined) {
    Reflect.deleteProperty(values, key);
  } else {
    values[key] = value;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function lost(file: NetworkFile, setting: IniSetting, why: string): Lost {
  return { file: file.path, line: setting.line, what: settingText(setting), why };
}

/** Without values of keys that may be secret. */
function settingText({ section, key, value }: IniSetting): string {
  const isSecret = /key|psk|password|secret|pin$/i.test(key) && !/file$/i.test(key);
  return `[${section}] ${key}=${isSecret ? "…" : value}`;
}

/** As systemd and GLib write what is yes or no. */
export function readBoolean(value: string): boolean | undefined {
  if (/^(?:1|y|yes|t|true|on)$/i.test(value)) return true;
  return /^(?:0|n|no|f|false|off)$/i.test(value) ? false : undefined;
}

export function readNumber(value: string): number | undefined {
  return /^[0-9]{1,10}$/.test(value) ? Number(value) : undefined;
}

/** systemd.time(7): a number alone is seconds. */
export function readSpan(value: string): string {
  return /^[0-9.]+$/.test(value) ? `${value}s` : value;
}

export function readWords(value: string): readonly string[] {
  return value.split(/[\s,;]+/).filter((word) => word !== "");
}

/** A name that hardware can have here, of what a file is called. */
export function nameOfFile(path: string): string {
  const stem = (path.split("/").at(-1) ?? "").replace(/\.[a-z]+$/, "").replace(/^[0-9]+[-_]?/, "");
  const name = stem.replace(/[^A-Za-z0-9_.-]/g, "-").replace(/^[^A-Za-z0-9_]+/, "");
  return name.slice(0, 15);
}
