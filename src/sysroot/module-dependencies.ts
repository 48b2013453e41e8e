import { moduleName } from "./module-name.ts";

/** A loadable module of a kernel. */
export interface KernelModule {
  readonly name: string;
  /** Relative to the kernel's directory, or absolute; as `modules.dep` says it. */
  readonly path: string;
  /** Names of what must be loaded before it, all the way down, in the order of `modules.dep`. */
  readonly needs: readonly string[];
}

export interface Dependencies {
  /** By normalised name, in the order of the file, which is that of depmod(8)'s priorities. */
  readonly modules: ReadonlyMap<string, KernelModule>;
  /** Lines that no depmod writes: without a colon, or with a path that climbs (`..`). */
  readonly broken: readonly string[];
}

/** Of `modules.dep` (modules.dep(5)): `PATH: PATH…`, a line a module. Of two files for one name the first counts. */
export function parseDependencies(text: string): Dependencies {
  const modules = new Map<string, KernelModule>();
  const broken: string[] = [];
  // One look at the whole text is faster than one at each line.
  const suspect = climbs.test(text);
  for (let start = 0; start < text.length;) {
    let end = text.indexOf("\n", start);
    if (end === -1) end = text.length;
    const colon = text.indexOf(":", start);
    const line = text.slice(start, end);
    start = end + 1;
    if (line === "") continue;
    const length = colon - (end - line.length);
    if (colon === -1 || colon >= end || length < 1 || (suspect && climbs.test(line))) {
      broken.push(line);
      continue;
    }
    const path = line.slice(0, length);
    const name = moduleName(path);
    // Most of a kernel's modules are never asked for, so the names behind the colon wait until they are.
    if (!modules.has(name)) modules.set(name, new LazyModule(name, path, line.slice(length + 1)));
  }
  return { modules, broken };
}

const climbs = /(^|[/ ])\.\.?(?=[/: ]|$)/m;

class LazyModule implements KernelModule {
  readonly name: string;
  readonly path: string;
  readonly #needs: string;

  constructor(name: string, path: string, needs: string) {
    this.name = name;
    this.path = path;
    this.#needs = needs;
  }

  get needs(): readonly string[] {
    return this.#needs
      .split(" ")
      .filter((path) => path !== "")
      .map(moduleName);
  }
}
