import { normalizeName } from "./module-name.ts";
import { literalPrefix, matchesPattern } from "./module-pattern.ts";

/** `alias PATTERN MODULE`, as depmod(8) extracted it. */
export interface ModuleAlias {
  /** As written. */
  readonly pattern: string;
  readonly module: string;
}

export interface AliasTable {
  /** In the order of the file. */
  readonly all: readonly ModuleAlias[];
  /** Normalised names of all modules whose patterns match, each once, in the order of the file. */
  lookup(name: string): readonly string[];
}

/** Of `modules.alias` and `modules.symbols`, which have one form. */
export function parseAliases(text: string): readonly ModuleAlias[] {
  const aliases: ModuleAlias[] = [];
  // A generic kernel has 20 000 lines: no splitting, and no more than two slices for each.
  for (let start = 0; start < text.length;) {
    let end = text.indexOf("\n", start);
    if (end === -1) end = text.length;
    if (text.startsWith("alias ", start)) {
      const space = text.lastIndexOf(" ", end - 1);
      if (space > start + 6)
        aliases.push({ pattern: text.slice(start + 6, space), module: text.slice(space + 1, end) });
    }
    start = end + 1;
  }
  return aliases;
}

export function aliasTable(all: readonly ModuleAlias[]): AliasTable {
  const exact = new Map<string, number[]>();
  const wild = new Map<string, number[]>();
  all.forEach(({ pattern }, index) => {
    if (isWild.test(pattern)) add(wild, bucketOf(literalPrefix(normalizeName(pattern))), index);
    else add(exact, normalizeName(pattern), index);
  });

  return {
    all,
    lookup: (name) => {
      const wanted = normalizeName(name);
      const found = [...(exact.get(wanted) ?? [])];
      for (const bucket of new Set([bucketOf(wanted), ""])) {
        for (const index of wild.get(bucket) ?? []) {
          if (matchesPattern(normalizeName(all[index]?.pattern ?? ""), wanted)) found.push(index);
        }
      }
      found.sort((a, b) => a - b);
      return [...new Set(found.map((index) => normalizeName(all[index]?.module ?? "")))];
    },
  };
}

const isWild = /[*?[\\]/;

/** Most patterns begin with a bus (`pci:`, `usb:`): three letters keep a lookup from trying all of them. */
function bucketOf(prefix: string): string {
  return prefix.length < 3 ? "" : prefix.slice(0, 3);
}

function add(map: Map<string, number[]>, key: string, index: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [index]);
  else list.push(index);
}
