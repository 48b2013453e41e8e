import type { Origin, Report } from "../diagnostics/diagnostic.ts";
import type { Why } from "../diagnostics/reason.ts";
import type { Kernel } from "./kernel.ts";
import type { KernelModule } from "./module-dependencies.ts";
import { normalizeName } from "./module-name.ts";
import type { SoftDependency } from "./module-softdeps.ts";
import { nearestName } from "./module-suggestion.ts";

/** A module somebody asks for: by name, by alias (`fs-ext4`), or as a device says who it is (`pci:v00001AF4d…`). */
export interface ModuleWant {
  readonly name: string;
  /** Not an error when the kernel does not have it. */
  readonly optional?: boolean;
  readonly why: Why;
  readonly origin?: Origin;
}

export interface DeniedModule {
  readonly name: string;
  readonly origin?: Origin;
}

export interface ClosureModule {
  readonly name: string;
  /** As in `modules.dep`. */
  readonly path: string;
  readonly why: readonly Why[];
}

export interface ModuleClosure {
  /** In the order of `modules.dep`. */
  readonly modules: readonly ClosureModule[];
  /** What was asked for and is compiled in, by name. */
  readonly builtin: readonly { readonly name: string; readonly why: readonly Why[] }[];
}

/**
 * The modules that modprobe(8) would load for these wants: hard dependencies, softdeps of everything on the way (which
 * name aliases: every match is taken, the generic `crypto-crc32c` as well as the fast one), and weakdeps.
 *
 * Reports U355 for a wanted module that the kernel does not have, U356 for a wanted one that is denied, U357 for a denied
 * one that another cannot be loaded without.
 */
export function moduleClosure(
  kernel: Kernel,
  wants: readonly ModuleWant[],
  report: Report,
  deny: readonly DeniedModule[] = [],
): ModuleClosure {
  const { modules } = kernel.dependencies();
  const denied = new Map(deny.map((one) => [normalizeName(one.name), one]));
  const soft = softTargets(kernel);
  const loadable = new Map<string, Why[]>();
  const builtin = new Map<string, Why[]>();
  const queue: string[] = [];

  const include = (into: Map<string, Why[]>, name: string, why: Why): void => {
    const known = into.get(name);
    if (known === undefined) {
      into.set(name, [why]);
      queue.push(name);
    } else {
      known.push(why);
    }
  };
  const take = (found: Found, why: Why, how: (name: string) => string): void => {
    for (const name of found.modules) {
      if (!denied.has(name)) include(loadable, name, chain(why, how(name)));
    }
    if (found.builtin !== undefined) include(builtin, found.builtin, chain(why, how(found.builtin)));
  };

  for (const want of wants) {
    const found = find(kernel, want.name);
    if (found.is === "nothing") {
      if (want.optional !== true) report(missing(kernel, want));
      continue;
    }
    const [refused] = found.modules.filter((name) => denied.has(name));
    if (refused !== undefined && found.is === "name" && want.optional !== true) {
      report(contradiction(want, refused, denied.get(refused)));
    }
    take(found, want.why, (name) => (found.is === "name" ? `module ${name}` : `module ${name} (alias ${want.name})`));
  }

  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const [why = []] = loadable.get(name) ?? builtin.get(name) ?? [];
    for (const need of modules.get(name)?.needs ?? []) {
      if (denied.has(need)) report(deniedNeed(name, need, denied.get(need), why));
      include(loadable, need, chain(why, `module ${need}, needed by ${name}`));
    }
    for (const { target, kind } of soft.get(name) ?? []) {
      take(find(kernel, target), why, (module) => `module ${module}, ${kind} ${target} of ${name}`);
    }
  }

  return {
    modules: inOrder(modules, loadable),
    builtin: [...builtin].map(([name, why]) => ({ name, why })),
  };
}

interface Found {
  /** By which of the kernel's tables. */
  readonly is: "name" | "alias" | "nothing";
  readonly modules: readonly string[];
  readonly builtin?: string;
}

/** As libkmod looks a name up: modules by name, then all that match as alias, then what is built in. */
function find(kernel: Kernel, name: string): Found {
  const wanted = normalizeName(name);
  if (kernel.dependencies().modules.has(wanted)) return { is: "name", modules: [wanted] };
  if (kernel.builtins().paths.has(wanted)) return { is: "name", modules: [], builtin: wanted };
  const modules = kernel.aliases().lookup(name);
  const [builtin] = kernel.builtinAliases().lookup(name);
  if (modules.length === 0 && builtin === undefined) return { is: "nothing", modules };
  return builtin === undefined ? { is: "alias", modules } : { is: "alias", modules, builtin };
}

interface SoftTarget {
  readonly target: string;
  readonly kind: "softdep" | "weakdep";
}

function softTargets(kernel: Kernel): ReadonlyMap<string, readonly SoftTarget[]> {
  const targets = new Map<string, SoftTarget[]>();
  const add = (module: string, names: readonly string[], kind: SoftTarget["kind"]): void => {
    const list = targets.get(module) ?? [];
    targets.set(module, list);
    list.push(...names.map((target) => ({ target, kind })));
  };
  const softdeps: readonly SoftDependency[] = [...kernel.softdeps(), ...kernel.builtins().softdeps];
  for (const { module, pre, post, bare } of softdeps) add(module, [...pre, ...post, ...bare], "softdep");
  for (const { module, on } of kernel.weakdeps()) add(module, on, "weakdep");
  return targets;
}

function chain(why: Why, what: string): Why {
  return why.at(-1)?.what === what ? why : [...why, { what }];
}

function inOrder(all: ReadonlyMap<string, KernelModule>, loadable: ReadonlyMap<string, readonly Why[]>) {
  const modules: ClosureModule[] = [];
  for (const { name, path } of all.values()) {
    const why = loadable.get(name);
    if (why !== undefined) modules.push({ name, path, why });
  }
  return modules;
}

function missing(kernel: Kernel, want: ModuleWant) {
  return {
    code: "U355",
    severity: "error",
    message: `the kernel ${kernel.version} has no module ${JSON.stringify(want.name)}${forWhom(want.why)}`,
    hint: missingHint(kernel, want.name),
    at: want.origin === undefined ? [] : [want.origin],
  } as const;
}

function missingHint(kernel: Kernel, name: string): string {
  const wanted = normalizeName(name);
  const option = `CONFIG_${wanted.toUpperCase()}`;
  const config = kernel.config();
  const set = [option, `${option}_FS`].find((one) => config?.get(one) === "y");
  if (set !== undefined) return `${set} is y in this kernel: it is built in and needs no module`;
  const near =
    nearestName(wanted, kernel.dependencies().modules.keys()) ?? nearestName(wanted, kernel.builtins().paths.keys());
  const builtIn = "it may be built into the kernel under another name";
  return near === undefined ? builtIn : `did you mean ${near}? Or ${builtIn}`;
}

function contradiction(want: ModuleWant, name: string, denied: DeniedModule | undefined) {
  return {
    code: "U356",
    severity: "error",
    message: `the module ${name} is denied, but wanted${forWhom(want.why)}`,
    hint: "take it out of modules.deny, or remove what wants it",
    at: [want.origin, denied?.origin].filter((origin) => origin !== undefined),
  } as const;
}

function deniedNeed(name: string, need: string, denied: DeniedModule | undefined, why: Why) {
  return {
    code: "U357",
    severity: "warning",
    message: `the module ${need} is denied, but ${name} cannot be loaded without it${forWhom(why)}`,
    hint: `it is in the image and loaded together with ${name}; deny ${name} too if that is not wanted`,
    at: denied?.origin === undefined ? [] : [denied.origin],
  } as const;
}

function forWhom(why: Why): string {
  const who = why.filter(({ what }) => !what.startsWith("module ")).at(-1);
  return who === undefined ? "" : ` (for ${who.what})`;
}
