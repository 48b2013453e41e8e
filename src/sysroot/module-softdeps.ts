import { normalizeName } from "./module-name.ts";

/** What a module asks for besides its hard dependencies; names and aliases as written. */
export interface SoftDependency {
  readonly module: string;
  readonly pre: readonly string[];
  readonly post: readonly string[];
  /** Written without `pre:` or `post:`: modprobe(8) does not load these, the module's code asks for them. */
  readonly bare: readonly string[];
}

/** Of `modules.softdep` (modprobe.d(5)); a module may have several lines. */
export function parseSoftdeps(text: string): readonly SoftDependency[] {
  return lines(text, "softdep").map(([module, ...words]) => softDependency(module, words));
}

/** The value of `softdep=` in a module's own information: `pre: a b post: c`. */
export function softDependency(module: string, words: readonly string[]): SoftDependency {
  const lists = { pre: [] as string[], post: [] as string[], bare: [] as string[] };
  let into = lists.bare;
  for (const word of words) {
    if (word === "pre:") into = lists.pre;
    else if (word === "post:") into = lists.post;
    else into.push(word);
  }
  return { module: normalizeName(module), ...lists };
}

/** Modules that a module may ask for, which only tools like this one load ahead (`weakdep`, kmod 33 and later). */
export interface WeakDependency {
  readonly module: string;
  readonly on: readonly string[];
}

/** Of `modules.weakdep`. */
export function parseWeakdeps(text: string): readonly WeakDependency[] {
  return lines(text, "weakdep").map(([module, ...on]) => ({ module: normalizeName(module), on }));
}

function lines(text: string, keyword: string): readonly (readonly [string, ...string[]])[] {
  return text.split("\n").flatMap((line) => {
    const [first, module, ...rest] = line.split(/\s+/).filter((word) => word !== "");
    return first === keyword && module !== undefined ? [[module, ...rest] as const] : [];
  });
}
