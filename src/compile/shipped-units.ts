import type { Report } from "../diagnostics/diagnostic.ts";
import type { Why } from "../diagnostics/reason.ts";
import { parseUnit, programsOf, valuesOf } from "../stage-one/systemd/unit-file.ts";
import { firstOrigin } from "./origins.ts";
import { resolve } from "../sysroot/resolve.ts";
import type { Tree } from "../sysroot/tree.ts";

const directory = "/usr/lib/systemd/system";

/** A unit that somebody wants from the sysroot. */
export interface WantedUnit {
  readonly name: string;
  readonly optional: boolean;
  readonly why: Why;
}

/** What shipped units bring along. */
export interface ShippedUnits {
  /** Unit files and drop-ins, by their real path in the sysroot, with the path that the image gives them. */
  readonly files: readonly { readonly source: string; readonly path: string; readonly why: Why }[];
  readonly links: readonly { readonly path: string; readonly target: string; readonly why: Why }[];
  readonly programs: readonly { readonly name: string; readonly optional: boolean; readonly why: Why }[];
  readonly users: readonly { readonly name: string; readonly why: Why }[];
  readonly groups: readonly { readonly name: string; readonly why: Why }[];
}

/**
 * Takes units of the sysroot's systemd with their vendor drop-ins, the programs they start, and those links of
 * `.wants/` and `.requires/` of which both ends are in the image. Reports U184 for a unit that is not there.
 *
 * @param own names of units that unitrd writes: of those the shipped text is not taken, their links are.
 */
export function shippedUnits(
  sysroot: Tree,
  wanted: readonly WantedUnit[],
  own: ReadonlySet<string>,
  report: Report,
): ShippedUnits {
  const base = resolve(sysroot, directory);
  const fallback = resolve(sysroot, "/lib/systemd/system");
  const bases = [base, fallback].flatMap((found) => (found.found ? [found.path] : []));
  const files: { source: string; path: string; why: Why }[] = [];
  const links: { path: string; target: string; why: Why }[] = [];
  const found = new Map<string, Why>();
  for (const unit of wanted) {
    if (found.has(unit.name) || own.has(unit.name)) continue;
    const why = [...unit.why, { what: `unit ${unit.name}` }];
    const at = bases.map((parent) => resolve(sysroot, `${parent}/${unit.name}`)).find((one) => one.found);
    if (at?.found !== true || at.stat.type !== "file") {
      if (!unit.optional) report(missing(unit));
      continue;
    }
    found.set(unit.name, why);
    files.push({ source: at.path, path: at.path, why });
    links.push(...at.links.map((link) => ({ ...link, why })));
    files.push(...dropIns(sysroot, bases, unit.name).map((path) => ({ source: path, path, why })));
  }
  const names = new Set([...found.keys(), ...own]);
  return {
    files,
    links: [...links, ...pullingLinks(sysroot, bases, names, found)],
    ...needsOf(sysroot, files),
  };
}

function missing(unit: WantedUnit): Parameters<Report>[0] {
  return {
    code: "U184",
    severity: "error",
    message: `the sysroot's systemd has no unit ${unit.name}, which is wanted for ${unit.why.at(-1)?.what ?? "the boot"}`,
    at: firstOrigin(unit.why),
  };
}

function dropIns(sysroot: Tree, bases: readonly string[], name: string): string[] {
  return bases.flatMap((base) =>
    sysroot
      .list(`${base}/${name}.d`)
      .filter((file) => file.endsWith(".conf") && sysroot.lstat(`${base}/${name}.d/${file}`)?.type === "file")
      .map((file) => `${base}/${name}.d/${file}`),
  );
}

function pullingLinks(
  sysroot: Tree,
  bases: readonly string[],
  names: ReadonlySet<string>,
  found: ReadonlyMap<string, Why>,
): { path: string; target: string; why: Why }[] {
  return bases.flatMap((base) =>
    [...names].flatMap((by) =>
      ["wants", "requires"].flatMap((kind) =>
        sysroot
          .list(`${base}/${by}.${kind}`)
          .filter((name) => names.has(name))
          .map((name) => {
            const path = `${base}/${by}.${kind}/${name}`;
            return { path, target: `../${name}`, why: found.get(name) ?? [{ what: `${by} pulls in ${name}` }] };
          }),
      ),
    ),
  );
}

function needsOf(
  sysroot: Tree,
  files: readonly { source: string; why: Why }[],
): Pick<ShippedUnits, "programs" | "users" | "groups"> {
  const units = files.map(({ source, why }) => {
    const size = sysroot.lstat(source)?.size ?? 0;
    return { unit: parseUnit(new TextDecoder().decode(sysroot.readAt(source, 0, size))), why };
  });
  const named = (key: string): { name: string; why: Why }[] =>
    units.flatMap(({ unit, why }) =>
      valuesOf(unit, "Service", key)
        .concat(valuesOf(unit, "Socket", `Socket${key}`))
        .flatMap((value) => value.split(/\s+/))
        .filter((name) => /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) && name !== "root")
        .map((name) => ({ name, why })),
    );
  return {
    programs: units.flatMap(({ unit, why }) =>
      programsOf(unit).map(({ program, mayFail }) => ({ name: program, optional: mayFail, why })),
    ),
    users: named("User"),
    groups: [...named("Group"), ...named("SupplementaryGroups")],
  };
}
