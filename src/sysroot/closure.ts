import type { Report } from "../diagnostics/diagnostic.ts";
import type { Reason, Why } from "../image/manifest.ts";
import { closureFindings, type ClosureFindings } from "./closure-findings.ts";
import type { DlopenNote } from "./dlopen-note.ts";
import { readElf, type Elf, type ElfReading } from "./elf.ts";
import { fileSetBuilder, type FileSet } from "./file-set.ts";
import { libraryPath } from "./library-path.ts";
import { loaderOf, type Loader } from "./loader.ts";
import { loadProgram, shown, type LoadedFile, type Loading, type Program } from "./loading.ts";
import { machineOf, type Machine } from "./machine.ts";
import { findProgram, pathDirectories } from "./programs.ts";
import { resolve, unresolvedPhrase, type Resolution } from "./resolve.ts";
import { scriptLine } from "./script.ts";
import type { Tree } from "./tree.ts";

/** What a closure starts from. `optional`: no finding when it is not there at all. */
export type Root = { readonly why: Why; readonly optional?: boolean } & (
  | {
      /** A file, or a directory with all that is below it. */
      readonly path: string;
      /** Libraries, by soname, that this program is known to open with dlopen(3). */
      readonly loads?: readonly string[];
    }
  | {
      /**
       * A library by name, found as the tree's programs find theirs; also one in a subdirectory of where libraries are,
       * like `cryptsetup/libcryptsetup-token-systemd-tpm2.so`.
       */
      readonly soname: string;
    }
);

export interface ClosureOptions {
  /**
   * Whether a library that an object announces in `.note.dlopen` is taken; `object` is the object's name or path.
   * Default: those that are required or recommended.
   */
  readonly dlopen?: (note: DlopenNote, object: string) => boolean;
}

/**
 * The files that the roots need to work: themselves, every link on the way, loaders, libraries and interpreters,
 * each with the chain of reasons. The tree may be a sysroot or an image; nothing of it is run.
 *
 * Reports U300 to U308. What cannot be found is reported once, for the first who asks, and left out.
 */
export function closeOver(tree: Tree, roots: readonly Root[], options: ClosureOptions, report: Report): FileSet {
  const closure = new Closure(tree, options, report);
  for (const root of roots) if ("path" in root) closure.takePath(root);
  // A library has no interpreter that tells its loader; by now one of the programs has.
  for (const root of roots) if ("soname" in root) closure.takeLibrary(root);
  return closure.set.finish();
}

class Closure {
  readonly set = fileSetBuilder();
  private readonly tree: Tree;
  private readonly wanted: (note: DlopenNote, object: string) => boolean;
  private readonly findings: ClosureFindings;
  private readonly readings = new Map<string, ElfReading>();
  private readonly library;
  private readonly loaders = new Map<string, Loader>();
  private readonly loadings = new Map<string, Loading>();
  /** The first program, for whose machine all others have to be. */
  private first: { readonly path: string; readonly elf: Elf } | undefined;

  constructor(tree: Tree, options: ClosureOptions, report: Report) {
    this.tree = tree;
    this.wanted = options.dlopen ?? ((note) => note.priority !== "suggested");
    this.findings = closureFindings(report);
    this.library = libraryPath(tree, (path) => this.read(path));
  }

  takePath(root: Extract<Root, { path: string }>): void {
    const found = resolve(this.tree, root.path);
    if (!found.found) {
      this.takeLinks(found, root.why);
      if (root.optional !== true || found.because !== "missing") this.findings.unresolved(root.path, found, root.why);
      return;
    }
    this.take(root.path, found, root.why, root.loads ?? [], 0);
  }

  takeLibrary(root: Extract<Root, { soname: string }>): void {
    const like = this.first?.elf ?? this.anyElf();
    if (like === undefined) {
      if (root.optional !== true) this.findings.say("U301", "error", `${shown(root.soname)} cannot be found`, root.why);
      return;
    }
    // Asked for by nobody: no object's RUNPATH counts.
    const elf: Elf = { ...like, rpath: undefined, runpath: undefined, noDefaultLibraries: false };
    const loader = this.loader(elf);
    const isBelow = root.soname.includes("/") && !root.soname.startsWith("/");
    const names = isBelow ? loader.directories.map((directory) => `${directory}/${root.soname}`) : [root.soname];
    const searches = names.map((name) => this.library.find(name, { origin: "/", elf, by: undefined }, loader));
    const search = searches.find((one) => one.found) ?? searches[0];
    if (search === undefined) return;
    if (!search.found) {
      if (root.optional === true && search.broken === undefined) return;
      this.findings.missing({ names: [root.soname], strength: "needs", search, chain: [] }, root.why);
      return;
    }
    this.takeFile({ found: search, chain: [] }, root.why, loader);
    this.load(search.path, search.resolution, search.elf, root.why, []);
  }

  private take(path: string, found: Found, why: Why, loads: readonly string[], depth: number): void {
    this.takeLinks(found, why);
    this.set.file(found.path, found.stat, why);
    if (found.stat.type === "directory") this.takeDirectory(found.path, why);
    if (found.stat.type !== "file") return;
    const reading = this.read(found.path, why);
    if (reading.is === "elf") this.load(path, found, reading.elf, why, loads);
    else if (reading.is === "broken" && isCode(found)) this.findings.broken(found.path, reading.problem, why);
    else if ((found.stat.mode & 0o111) !== 0) this.takeInterpreter(path, found.path, why, depth);
  }

  private takeDirectory(path: string, why: Why): void {
    for (const name of this.tree.list(path)) {
      const child = path === "/" ? `/${name}` : `${path}/${name}`;
      const stat = this.tree.lstat(child);
      if (stat?.type === "symlink") this.takeLoneLink(child, why);
      else if (stat !== undefined) this.take(child, { found: true, path: child, stat, links: [] }, why, [], 0);
    }
  }

  /** In a directory that is copied as it is a link may dangle. */
  private takeLoneLink(path: string, why: Why): void {
    const found = resolve(this.tree, path);
    this.takeLinks(found, why);
    if (!found.found && found.because === "leaves-tree") this.findings.unresolved(path, found, why);
    // A link to a directory above would bring in what nobody asked for.
    if (!found.found || this.set.has(found.path) || `${path}/`.startsWith(`${found.path}/`) || found.path === "/")
      return;
    this.take(path, found, why, [], 0);
  }

  private takeLinks(resolution: Resolution, why: Why): void {
    for (const { path, target } of resolution.links) this.set.link(path, target, why);
  }

  /** As the kernel, which gives up after five interpreters of interpreters. */
  private takeInterpreter(path: string, real: string, why: Why, depth: number): void {
    const script = depth < 5 ? scriptLine(this.head(real, why)) : undefined;
    if (script === undefined) return;
    this.takeProgram(script.path, [], [...why, { what: `${path} is a script for ${shown(script.path)}` }], depth);
    if (script.is === "program") return;
    const because = `${path} is a script for ${shown(script.program ?? "nothing")}, started by env`;
    const program = script.program ?? "";
    this.takeProgram(program, pathDirectories, [...why, { what: because }], depth);
  }

  private takeProgram(name: string, directories: readonly string[], why: Why, depth: number): void {
    const search = findProgram(this.tree, name, directories);
    if (search.found) {
      this.take(search.path, search.resolution, why, [], depth + 1);
      return;
    }
    const because = search.notExecutable === undefined ? "is not in the sysroot" : "is no program";
    const hint = search.looked.length === 0 ? undefined : `looked for ${search.looked.map(shown).join(", ")}`;
    this.findings.say("U304", "error", `the interpreter ${shown(name)} ${because}: ${lastOf(why)}`, why, hint);
  }

  private load(path: string, found: Found, elf: Elf, why: Why, loads: readonly string[]): void {
    const interpreter = elf.interpreter === undefined ? undefined : this.interpreter(path, elf.interpreter, why);
    if (elf.interpreter !== undefined && interpreter === undefined) return;
    // Firmware may be an ELF file as well, for a processor of its own: that is data to us.
    if (elf.interpreter === undefined && !isCode(found)) return;
    this.first ??= { path, elf };
    if (!isOfMachine(elf, this.first.elf)) {
      const message = `${path} is for ${machineName(elf)}, but ${this.first.path} for ${machineName(this.first.elf)}`;
      this.findings.say("U308", "error", message, why);
    }
    const loader = this.loader(elf);
    const key = [found.path, path, ...loads].join("\0");
    const origin = found.path.slice(0, found.path.lastIndexOf("/")) || "/";
    const program: Program = { path, origin, elf, loader, interpreter, loads };
    const loading = this.loadings.get(key) ?? loadProgram(program, this.library, this.wanted);
    this.loadings.set(key, loading);
    for (const file of loading.files) this.takeFile(file, why, loader);
    for (const missing of loading.missing) this.findings.missing(missing, why);
  }

  private interpreter(path: string, interpreter: string, why: Why): Program["interpreter"] {
    const resolution = resolve(this.tree, interpreter);
    const reading: ElfReading =
      resolution.found && resolution.stat.type === "file" ? this.read(resolution.path, why) : { is: "other" };
    if (resolution.found && reading.is === "elf") return { path: interpreter, reading, resolution };
    const because = resolution.found ? "is no loader" : unresolvedPhrase(resolution);
    this.findings.say(
      "U304",
      "error",
      `${path} cannot start: its loader ${shown(interpreter)} is missing (${because})`,
      why,
    );
    return undefined;
  }

  private takeFile({ found, chain }: LoadedFile, why: Why, loader: Loader): void {
    const whole: Why = [...why, ...chain.map((what): Reason => ({ what }))];
    this.takeLinks(found.resolution, whole);
    this.set.file(found.resolution.path, found.resolution.stat, whole);
    if (found.level !== undefined) {
      const message = `${found.path} exists only for processors of level ${found.level}`;
      this.findings.say("U306", "warning", message, whole);
    }
    if (found.configured) this.standIn(found.path, whole, loader);
  }

  /**
   * At boot the loader reads no ld.so.conf, only a cache that an image does not have: a library that is found by the
   * configuration alone gets a link in the first directory that the loader knows by itself.
   */
  private standIn(path: string, why: Why, loader: Loader): void {
    const whole: Why = [...why, { what: `${path} is found by /etc/ld.so.conf, which is not read at boot` }];
    const name = path.slice(path.lastIndexOf("/") + 1);
    const [place] = loader.directories.flatMap((directory) => {
      const real = resolve(this.tree, directory);
      return real.found && this.tree.lstat(`${real.path}/${name}`) === undefined ? [real] : [];
    });
    if (place !== undefined) this.takeLinks(place, whole);
    this.set.link(`${place?.path ?? loader.directories.at(-1) ?? "/usr/lib"}/${name}`, path, whole);
  }

  /** A library does not say who loads it: whoever loads the programs. */
  private loader(elf: Elf): Loader {
    const like = this.first !== undefined && isOfMachine(elf, this.first.elf) ? this.first.elf.interpreter : undefined;
    const interpreter = elf.interpreter ?? like;
    const key = [interpreter ?? "", elf.bits, elf.endian, elf.machine].join("\0");
    const loader = this.loaders.get(key) ?? loaderOf(this.tree, interpreter, elf);
    this.loaders.set(key, loader);
    return loader;
  }

  /** When only libraries are asked for: any object of this tree tells what machine it is. */
  private anyElf(): Elf | undefined {
    for (const path of ["/lib64/ld-linux-x86-64.so.2", "/usr/bin/sh", "/bin/sh", "/usr/lib/systemd/systemd"]) {
      const found = resolve(this.tree, path);
      const reading = found.found && found.stat.type === "file" ? this.read(found.path) : undefined;
      if (reading?.is === "elf") return reading.elf;
    }
    return undefined;
  }

  private read(path: string, why: Why = []): ElfReading {
    const known = this.readings.get(path);
    if (known !== undefined) return known;
    const reading = this.unlessUnreadable(path, why, () => readElf(this.tree, path)) ?? { is: "other" };
    this.readings.set(path, reading);
    return reading;
  }

  private head(path: string, why: Why): Uint8Array {
    return this.unlessUnreadable(path, why, () => this.tree.readAt(path, 0, 256)) ?? new Uint8Array(0);
  }

  private unlessUnreadable<T>(path: string, why: Why, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.findings.say("U307", "error", `${path} cannot be read: ${message}`, why);
      return undefined;
    }
  }
}

type Found = Extract<Resolution, { found: true }>;

/** Whether a file is there to be run or loaded, rather than data that happens to look like it. */
function isCode(found: Found): boolean {
  return (found.stat.mode & 0o111) !== 0 || /\.so(\.|$)/.test(found.path);
}

function lastOf(why: Why): string {
  return why.at(-1)?.what ?? "";
}

function isOfMachine(one: Elf, other: Elf): boolean {
  return one.bits === other.bits && one.endian === other.endian && one.machine === other.machine;
}

function machineName(elf: Elf): Machine["name"] {
  return machineOf(elf)?.name ?? `machine ${elf.machine}`;
}
