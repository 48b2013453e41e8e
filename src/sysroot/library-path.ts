import type { Elf, ElfProblem, ElfReading } from "./elf.ts";
import { loaderConfiguration } from "./ld-so-conf.ts";
import type { Loader } from "./loader.ts";
import { resolve, type Resolution } from "./resolve.ts";
import type { Tree } from "./tree.ts";

/** An object in memory, as the loader knows it. */
export interface LoadedObject {
  /** Its directory as it was found, which $ORIGIN stands for. */
  readonly origin: string;
  readonly elf: Elf;
  /** The object that first asked for it; undefined for the program itself. */
  readonly by: LoadedObject | undefined;
}

export type LibrarySearch =
  | {
      readonly found: true;
      /** Where the loader opens it, links and all. */
      readonly path: string;
      readonly resolution: Extract<Resolution, { found: true }>;
      readonly elf: Elf;
      /** The subdirectory of glibc-hwcaps it was taken from: there is none for every machine. */
      readonly level: string | undefined;
      /** Only /etc/ld.so.conf leads here, which nothing reads at boot: a link must stand in for it. */
      readonly configured: boolean;
    }
  | {
      readonly found: false;
      /** Directories, or the path itself, in the order in which they were tried. */
      readonly looked: readonly string[];
      /** A file that stands there, but for another machine. */
      readonly foreign: string | undefined;
      /** A file that the loader would try to load and fail. */
      readonly broken: { readonly path: string; readonly problem: ElfProblem } | undefined;
    };

export interface LibraryPath {
  /** Finds a DT_NEEDED name, or one given to dlopen(3), for the object that asks. */
  find(name: string, asker: LoadedObject, loader: Loader): LibrarySearch;
}

/**
 * How ld.so(8) finds a library, inside a tree: DT_RPATH of the asker and of those that loaded it (unless it has a
 * DT_RUNPATH), its DT_RUNPATH, the directories of /etc/ld.so.conf, those compiled into the loader. Objects for another
 * machine are passed over. musl's way differs and is kept to as well.
 *
 * In each directory glibc prefers a subdirectory of glibc-hwcaps that suits the processor it runs on. An image must
 * boot on any machine of its kind, so here the plain library is taken, and one from glibc-hwcaps only where there is
 * no plain one in any directory.
 */
export function libraryPath(tree: Tree, read: (path: string) => ElfReading): LibraryPath {
  let configured: readonly string[] | undefined;
  const directories = new Map<string, string | undefined>();
  const searches = new Map<string, Map<string, LibrarySearch>>();
  const domains = new WeakMap<LoadedObject, Domain>();

  const find = (name: string, asker: LoadedObject, loader: Loader): LibrarySearch => {
    if (name.includes("/")) return findPath(expand(name, asker, loader), asker.elf);
    const domain = domains.get(asker) ?? domainOf(asker, loader);
    domains.set(asker, domain);
    const { places, known } = domain;
    const search = known.get(name) ?? findIn(places, name, asker, loader);
    known.set(name, search);
    return search;
  };

  const domainOf = (asker: LoadedObject, loader: Loader): Domain => {
    configured ??= loaderConfiguration(tree);
    const places = loader.libc === "musl" ? muslPlaces(asker, loader) : glibcPlaces(asker, loader, configured);
    const { bits, endian, machine } = asker.elf;
    const own = ownPlaces(asker, loader).length;
    const key = [bits, endian, machine, own, ...places].join("\0");
    const known = searches.get(key) ?? new Map<string, LibrarySearch>();
    searches.set(key, known);
    return { places, known };
  };

  const findPath = (paths: readonly string[], like: Elf): LibrarySearch => {
    const absolute = paths.filter((path) => path.startsWith("/"));
    return firstOf(absolute, absolute, like, () => ({ level: undefined, configured: false }));
  };

  const findIn = (places: readonly string[], name: string, asker: LoadedObject, loader: Loader): LibrarySearch => {
    const plain = places.filter((place) => entryIn(place, name));
    const origins = new Set([...loader.directories, ...ownPlaces(asker, loader)].map(realDirectory));
    const isConfigured = (path: string): boolean => !origins.has(realDirectory(parentOf(path)));
    const search = firstOf(
      plain.map((place) => `${place}/${name}`),
      places,
      asker.elf,
      (path) => ({ level: undefined, configured: isConfigured(path) }),
    );
    if (search.found || search.broken !== undefined || loader.libc === "musl") return search;
    for (const level of loader.machine?.hwcaps ?? []) {
      const special = places
        .map((place) => `${place}/glibc-hwcaps/${level}`)
        .filter((place) => entryIn(place, name))
        .map((place) => `${place}/${name}`);
      const found = firstOf(special, special, asker.elf, (path) => ({
        level,
        configured: isConfigured(parentOf(parentOf(path))),
      }));
      if (found.found) return found;
    }
    return search;
  };

  /** Takes the first that is an object like `like`; `looked` is for the message if there is none. */
  const firstOf = (
    paths: readonly string[],
    looked: readonly string[],
    like: Elf,
    about: (path: string) => { readonly level: string | undefined; readonly configured: boolean },
  ): LibrarySearch => {
    let foreign: string | undefined;
    for (const path of paths) {
      const resolution = resolve(tree, path);
      if (!resolution.found || resolution.stat.type !== "file") continue;
      const reading = read(resolution.path);
      if (reading.is === "elf" && areAlike(reading.elf, like)) {
        return { found: true, path, resolution, elf: reading.elf, ...about(path) };
      }
      if (reading.is === "elf") {
        foreign ??= path;
        continue;
      }
      const problem = reading.is === "broken" ? reading.problem : { what: "it is no ELF file", offset: 0 };
      return { found: false, looked, foreign, broken: { path, problem } };
    }
    return { found: false, looked, foreign, broken: undefined };
  };

  const entryIn = (place: string, name: string): boolean => {
    const real = realDirectory(place);
    return real !== undefined && tree.lstat(real === "/" ? `/${name}` : `${real}/${name}`) !== undefined;
  };

  const realDirectory = (path: string): string | undefined => {
    if (directories.has(path)) return directories.get(path);
    const found = resolve(tree, path);
    const real = found.found && found.stat.type === "directory" ? found.path : undefined;
    directories.set(path, real);
    return real;
  };

  return { find };
}

/** Where an object's libraries are searched; objects with the same places share what was found. */
interface Domain {
  readonly places: readonly string[];
  readonly known: Map<string, LibrarySearch>;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** Whether the loader would map one into a process of the other. */
function areAlike(one: Elf, other: Elf): boolean {
  return one.bits === other.bits && one.endian === other.endian && one.machine === other.machine;
}

/** `_dl_map_object` of glibc's elf/dl-load.c. */
function glibcPlaces(asker: LoadedObject, loader: Loader, configured: readonly string[]): readonly string[] {
  const system = asker.elf.noDefaultLibraries
    ? configured.filter((directory) => !loader.directories.includes(directory))
    : [...configured, ...loader.directories];
  return unique([...ownPlaces(asker, loader), ...system]);
}

/** What the objects themselves say. */
function ownPlaces(asker: LoadedObject, loader: Loader): readonly string[] {
  if (loader.libc === "musl") return muslOwnPlaces(asker, loader);
  if (asker.elf.runpath !== undefined) return split(asker.elf.runpath, asker, loader);
  const places: string[] = [];
  for (let object: LoadedObject | undefined = asker; object !== undefined; object = object.by) {
    const { rpath, runpath } = object.elf;
    if (rpath !== undefined && runpath === undefined) places.push(...split(rpath, object, loader));
  }
  return places;
}

/** musl lets both kinds of path count for everything that the object causes to be loaded; see ldso/dynlink.c. */
function muslOwnPlaces(asker: LoadedObject, loader: Loader): readonly string[] {
  const places: string[] = [];
  for (let object: LoadedObject | undefined = asker; object !== undefined; object = object.by) {
    const path = object.elf.runpath ?? object.elf.rpath;
    if (path !== undefined) places.push(...split(path, object, loader));
  }
  return places;
}

function muslPlaces(asker: LoadedObject, loader: Loader): readonly string[] {
  return unique([...muslOwnPlaces(asker, loader), ...loader.directories]);
}

/** A relative or empty part means the working directory, which is never a place of libraries in an initrd. */
function split(path: string, object: LoadedObject, loader: Loader): readonly string[] {
  return path
    .split(":")
    .slice(0, mostPlaces)
    .flatMap((part) => expand(part, object, loader))
    .filter((part) => part.startsWith("/"));
}

const mostPlaces = 256;

/** The dynamic string tokens of ld.so(8). What $LIB means differs between distributions, so each meaning is tried. */
function expand(text: string, object: LoadedObject, loader: Loader): readonly string[] {
  if (!text.includes("$")) return [text];
  const { machine } = loader;
  const libs = [
    ...(machine === undefined ? [] : [`lib/${machine.multiarch}`]),
    ...(machine?.bits === 64 ? ["lib64"] : []),
    "lib",
  ];
  const once = (lib: string): string =>
    text.replace(/\$(?:\{(ORIGIN|LIB|PLATFORM)\}|(ORIGIN|LIB|PLATFORM)\b)/g, (token, braced, bare) => {
      switch (braced ?? bare) {
        case "ORIGIN":
          return object.origin;
        case "LIB":
          return lib;
        default:
          return machine?.platform ?? token;
      }
    });
  return unique(libs.map(once));
}

function unique(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)];
}
