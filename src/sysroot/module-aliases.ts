import { normalizeName } from "./module-name.ts";
import { literalPrefix, matchesPattern } from "./module-pattern.ts";

/** `alias PATTERN MODULE`, as depmod(8) extracted it. */
export interface ModuleAlias {
  /** As written. */
  readonly pattern: string;
  readonly module: string;
}

export interface AliasTable {
  /** Normalised names of all modules whose patterns match, each once, in the order of the file. */
  lookup(name: string): readonly string[];
  /** The aliases of these modules (normalised names), in the order of the file. */
  of(modules: ReadonlySet<string>): readonly ModuleAlias[];
}

/**
 * Of the text of `modules.alias` or `modules.symbols`, which have one form. A generic kernel has 20 000 lines and an
 * image asks for some ten: lines stay text until a lookup comes near them.
 */
export function aliasTable(text: string): AliasTable {
  let buckets: ReadonlyMap<number, Bucket> | undefined;
  return {
    lookup: (name) => {
      buckets ??= inBuckets(text);
      const wanted = normalizeName(name);
      const near = new Set([bucketOf(wanted, 0, wanted.length), anywhere]);
      const found = [...near].flatMap((key) => matches(buckets?.get(key), text, wanted));
      return [...new Set(found.sort((a, b) => a.line - b.line).map(({ module }) => module))];
    },
    of: (modules) => aliasesOf(text, modules),
  };
}

/** A table of aliases that are data already. */
export function aliasText(aliases: readonly ModuleAlias[]): string {
  return aliases.map(({ pattern, module }) => `alias ${pattern} ${module}\n`).join("");
}

/** Lines that begin alike, as offsets until somebody looks among them. */
interface Bucket {
  readonly lines: number[];
  parsed?: readonly Parsed[];
}

interface Parsed {
  readonly line: number;
  readonly pattern: string;
  readonly literal: string;
  readonly module: string;
}

function matches(bucket: Bucket | undefined, text: string, wanted: string): readonly Parsed[] {
  if (bucket === undefined) return [];
  bucket.parsed ??= bucket.lines.flatMap((line) => parse(text, line));
  return bucket.parsed.filter(({ literal, pattern }) =>
    literal.length === pattern.length
      ? pattern === wanted
      : wanted.startsWith(literal) && matchesPattern(pattern, wanted),
  );
}

const keyword = "alias ";

function parse(text: string, line: number): readonly Parsed[] {
  const end = lineEnd(text, line);
  const space = text.lastIndexOf(" ", end - 1);
  if (space <= line + keyword.length) return [];
  const pattern = normalizeName(text.slice(line + keyword.length, space));
  const module = normalizeName(text.slice(space + 1, end));
  return [{ line, pattern, literal: literalPrefix(pattern), module }];
}

function inBuckets(text: string): ReadonlyMap<number, Bucket> {
  const buckets = new Map<number, Bucket>();
  for (let line = 0; line < text.length;) {
    const end = lineEnd(text, line);
    if (text.startsWith(keyword, line)) {
      const key = bucketOf(text, line + keyword.length, end);
      const bucket = buckets.get(key);
      if (bucket === undefined) buckets.set(key, { lines: [line] });
      else bucket.lines.push(line);
    }
    line = end + 1;
  }
  return buckets;
}

/** For patterns that may match names beginning with anything, and those too short to tell. */
const anywhere = 0;

/** Most patterns begin with a bus (`pci:`, `usb:`): their first three letters. */
function bucketOf(text: string, start: number, end: number): number {
  if (end - start < 3) return anywhere;
  let key = 0;
  for (let at = start; at < start + 3; at += 1) {
    const code = text.charCodeAt(at);
    if (code === space || code === star || code === question || code === bracket || code === backslash) return anywhere;
    key = key * 256 + (code === hyphen ? underscore : code);
  }
  return key;
}

const space = 0x20;
const star = 0x2a;
const hyphen = 0x2d;
const question = 0x3f;
const bracket = 0x5b;
const backslash = 0x5c;
const underscore = 0x5f;

function aliasesOf(text: string, modules: ReadonlySet<string>): readonly ModuleAlias[] {
  const aliases: ModuleAlias[] = [];
  // Slicing 20 000 names costs more than all the rest, so first what can be told without: names are as long as they are
  // whichever way `-` is written, and the aliases of a module follow each other.
  const lengths = new Set([...modules].map((name) => name.length));
  let module = "";
  let wanted = false;
  for (let line = 0; line < text.length;) {
    const end = lineEnd(text, line);
    const gap = text.lastIndexOf(" ", end - 1);
    if (lengths.has(end - gap - 1)) {
      if (module.length !== end - gap - 1 || !text.startsWith(module, gap + 1)) {
        module = text.slice(gap + 1, end);
        wanted = modules.has(normalizeName(module));
      }
      const start = line + keyword.length;
      if (wanted && gap > start && text.startsWith(keyword, line))
        aliases.push({ pattern: text.slice(start, gap), module });
    }
    line = end + 1;
  }
  return aliases;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}
