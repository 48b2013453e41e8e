import type { DlopenNote } from "./dlopen-note.ts";
import type { Elf, ElfReading } from "./elf.ts";
import type { LibraryPath, LibrarySearch, LoadedObject } from "./library-path.ts";
import type { Loader } from "./loader.ts";
import type { Resolution } from "./resolve.ts";

/** A file that a process has in memory, and the way there: `udevadm needs libkmod.so.2`, outermost first. */
export interface LoadedFile {
  readonly found: Extract<LibrarySearch, { found: true }>;
  readonly chain: readonly string[];
}

/** A library that was asked for and is not there. */
export interface MissingLibrary {
  /** One name, or the alternatives of a dlopen note. */
  readonly names: readonly string[];
  readonly strength: "needs" | DlopenNote["priority"];
  readonly search: Extract<LibrarySearch, { found: false }>;
  readonly chain: readonly string[];
}

export interface Loading {
  readonly files: readonly LoadedFile[];
  readonly missing: readonly MissingLibrary[];
}

export interface Program {
  /** For chains: how it was asked for. */
  readonly path: string;
  readonly origin: string;
  readonly elf: Elf;
  readonly loader: Loader;
  /** The loader's own file, which is in memory before any library. */
  readonly interpreter:
    | { readonly path: string; readonly reading: ElfReading; readonly resolution: Extract<Resolution, { found: true }> }
    | undefined;
  /** Names that it is known to give to dlopen(3). */
  readonly loads: readonly string[];
}

/**
 * What a program has in memory once it has started and opened what its objects announce: a name is searched once, for
 * whoever asks first, breadth first, as ld.so(8) does; what dlopen(3) brings comes after everything that is needed.
 */
export function loadProgram(
  program: Program,
  path: LibraryPath,
  wanted: (note: DlopenNote, object: string) => boolean,
): Loading {
  const main: Member = {
    object: { origin: program.origin, elf: program.elf, by: undefined },
    shown: program.path,
    chain: [],
  };
  const files: LoadedFile[] = [];
  const missing: MissingLibrary[] = [];
  const names = new Set<string>();
  const members = new Set<string>();
  const starting: Member[] = [main];
  const opening: Opening[] = program.loads.map((name) => ({
    by: main,
    sonames: [name],
    strength: "required",
    because: `${program.path} opens ${shown(name)}`,
  }));

  const enter = (found: Extract<LibrarySearch, { found: true }>, name: string, by: Member, because: string): void => {
    names.add(name);
    if (found.elf.soname !== undefined) names.add(found.elf.soname);
    const chain = [...by.chain, because];
    files.push({ found, chain });
    if (members.has(found.resolution.path)) return;
    members.add(found.resolution.path);
    const member: Member = {
      object: { origin: found.path.slice(0, found.path.lastIndexOf("/")) || "/", elf: found.elf, by: by.object },
      shown: shown(name),
      chain,
    };
    starting.push(member);
    if (looksUpUsersByLibrary(found.resolution.path)) {
      const opens = `${member.shown} opens libnss_files.so.2 to look up users`;
      opening.push({ by: member, sonames: ["libnss_files.so.2"], strength: "recommended", because: opens });
    }
  };

  const start = (): void => {
    for (let member = starting.shift(); member !== undefined; member = starting.shift()) {
      for (const name of member.object.elf.needed) {
        if (names.has(name) || isBuiltIn(name, program.loader)) continue;
        const because = `${member.shown} needs ${shown(name)}`;
        const search = path.find(name, member.object, program.loader);
        if (search.found) enter(search, name, member, because);
        else {
          names.add(name);
          missing.push({ names: [name], strength: "needs", search, chain: [...member.chain, because] });
        }
      }
      opening.push(...openings(member, program.loader, wanted));
    }
  };

  const { interpreter } = program;
  if (interpreter?.reading.is === "elf") {
    const { elf } = interpreter.reading;
    const { resolution } = interpreter;
    const found = {
      found: true,
      path: interpreter.path,
      resolution,
      elf,
      level: undefined,
      configured: false,
    } as const;
    enter(found, interpreter.path, main, `${program.path} is loaded by ${interpreter.path}`);
  }
  start();
  for (let next = opening.shift(); next !== undefined; next = opening.shift()) {
    const { by, sonames, because, strength } = next;
    if (sonames.some((name) => names.has(name))) continue;
    const searches = sonames.map((name) => ({ name, search: path.find(name, by.object, program.loader) }));
    const [hit] = searches.flatMap(({ name, search }) => (search.found ? [{ name, search }] : []));
    const [miss] = searches.flatMap(({ search }) => (search.found ? [] : [search]));
    if (hit !== undefined) enter(hit.search, hit.name, by, because);
    else if (miss !== undefined)
      missing.push({ names: sonames, strength, search: miss, chain: [...by.chain, because] });
    start();
  }
  return { files, missing };
}

interface Member {
  readonly object: LoadedObject;
  readonly shown: string;
  readonly chain: readonly string[];
}

interface Opening {
  readonly by: Member;
  readonly sonames: readonly string[];
  readonly strength: DlopenNote["priority"];
  readonly because: string;
}

/** What an object opens while it runs: what its notes say, and what glibc opens on its behalf. */
function openings(
  member: Member,
  loader: Loader,
  wanted: (note: DlopenNote, object: string) => boolean,
): readonly Opening[] {
  const found: Opening[] = member.object.elf.dlopens
    .filter((note) => wanted(note, member.shown))
    .map((note) => ({
      by: member,
      sonames: note.sonames,
      strength: note.priority,
      because: `${member.shown} opens ${note.sonames.map(shown).join(" or ")}${note.feature === undefined ? "" : ` for ${shown(note.feature)}`}`,
    }));
  const { soname, unwindsThreads } = member.object.elf;
  if (loader.libc === "glibc" && unwindsThreads && !/^lib(c|pthread)\.so/.test(soname ?? "")) {
    const because = `${member.shown} ends threads, for which glibc opens libgcc_s.so.1`;
    found.push({ by: member, sonames: ["libgcc_s.so.1"], strength: "recommended", because });
  }
  return found;
}

/** Before glibc 2.34, when libc's file still had the version in its name, /etc/passwd was read by a library of its own. */
function looksUpUsersByLibrary(libc: string): boolean {
  return Number(/\/libc-2\.(\d+)\.so$/.exec(libc)?.[1] ?? Infinity) < 34;
}

/** musl's loader is libc itself and answers to these names; see `load_library` of its ldso/dynlink.c. */
function isBuiltIn(name: string, loader: Loader): boolean {
  return loader.libc === "musl" && /^lib(c|pthread|rt|m|dl|util|xnet)\./.test(name);
}

/** A name from a file, fit for a message. */
export function shown(name: string): string {
  return /^[\x21-\x7e]{1,200}$/.test(name) ? name : JSON.stringify(name.slice(0, 200));
}
