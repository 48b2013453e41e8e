import type { ModuleAlias } from "./module-aliases.ts";
import { moduleName, normalizeName } from "./module-name.ts";
import { softDependency } from "./module-softdeps.ts";
import type { SoftDependency } from "./module-softdeps.ts";

/** What is compiled into the kernel but could have been modules. */
export interface Builtins {
  /** Normalised name → path as in `modules.builtin`. */
  readonly paths: ReadonlyMap<string, string>;
  readonly aliases: readonly ModuleAlias[];
  readonly softdeps: readonly SoftDependency[];
  /** `parm=` values, `NAME:description`, by module. */
  readonly parameters: ReadonlyMap<string, readonly string[]>;
}

/**
 * Of `modules.builtin`, a path a line, and `modules.builtin.modinfo`, which holds NUL-terminated `MODULE.KEY=VALUE`
 * (Documentation/kbuild/kbuild.rst).
 */
export function parseBuiltins(list: string, modinfo: string): Builtins {
  const paths = new Map(
    list
      .split("\n")
      .filter((line) => line !== "")
      .map((path) => [moduleName(path), path]),
  );
  const aliases: ModuleAlias[] = [];
  const softdeps: SoftDependency[] = [];
  const parameters = new Map<string, string[]>();
  for (const record of modinfo.split("\0")) {
    const parts = /^([^.=]+)\.(alias|softdep|parm)=([^]*)$/.exec(record);
    if (parts === null) continue;
    const [, name = "", key, value = ""] = parts;
    const module = normalizeName(name);
    if (key === "alias") aliases.push({ pattern: value, module });
    else if (key === "softdep") softdeps.push(softDependency(module, value.split(/\s+/)));
    else parameters.set(module, [...(parameters.get(module) ?? []), value]);
  }
  return { paths, aliases, softdeps, parameters };
}
