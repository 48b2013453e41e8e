import type { Report } from "../diagnostics/diagnostic.ts";
import type { Why } from "../diagnostics/reason.ts";
import type { Kernel } from "../sysroot/kernel.ts";
import type { ModuleClosure } from "../sysroot/module-closure.ts";
import { normalizeName } from "../sysroot/module-name.ts";
import type { Tree } from "../sysroot/tree.ts";
import { ruleFacts, type RuleFile } from "../sysroot/udev-rules.ts";
import { firstOrigin } from "./origins.ts";
import type { WantedUnit } from "./shipped-units.ts";

/** A rules file that somebody wants from the sysroot. */
export interface WantedRules {
  readonly name: string;
  readonly optional: boolean;
  readonly why: Why;
}

interface Named {
  readonly name: string;
  readonly why: Why;
}

/** What udev rules of the sysroot bring along. */
export interface RulesFiles {
  readonly files: readonly { readonly path: string; readonly why: Why }[];
  /** Only those that the sysroot has: the others have been reported. */
  readonly programs: readonly Named[];
  readonly users: readonly Named[];
  readonly groups: readonly Named[];
  readonly modules: readonly Named[];
  readonly units: readonly WantedUnit[];
}

/**
 * Finds rules files that the sysroot ships, and what they need to do their work. The hardware database is not taken,
 * though rules ask it: it is 12 MB, and knows nothing that an initrd acts upon. Reports as `ruleFacts` does; U372 is a
 * warning, and a hint for rules that the boot can do without.
 */
export function rulesFiles(sysroot: Tree, wanted: readonly WantedRules[], report: Report): RulesFiles {
  const unique = new Map<string, WantedRules>();
  for (const one of wanted) {
    const before = unique.get(one.name);
    if (before === undefined || (before.optional && !one.optional)) unique.set(one.name, one);
  }
  const found = [...unique.values()].flatMap((one) => factsOf(sysroot, one, report));
  const all = (of: (facts: RuleFile) => readonly string[]): Named[] =>
    found.flatMap(({ facts, why }) => of(facts).map((name) => ({ name, why })));
  return {
    files: found.map(({ facts, why }) => ({ path: facts.path, why })),
    programs: all(({ programs }) => programs.filter(isOfUse).map(({ path }) => path)),
    users: all(({ users }) => users).filter(({ name }) => name !== "root"),
    groups: all(({ groups }) => groups).filter(({ name }) => name !== "root"),
    modules: all(({ modules }) => modules),
    units: all(unitsOf).map((unit) => ({ ...unit, optional: true })),
  };
}

function factsOf(sysroot: Tree, want: WantedRules, report: Report): { facts: RuleFile; why: Why }[] {
  const [origin] = firstOrigin(want.why);
  const common = { name: want.name, optional: want.optional };
  const facts = ruleFacts(sysroot, [origin === undefined ? common : { ...common, origin }], report, {
    missingProgram: want.optional ? "hint" : "warning",
  });
  return facts.map((one) => ({ facts: one, why: [...want.why, { what: `rules ${want.name}` }] }));
}

/**
 * Helpers are small, and without ata_id and scsi_id no disk gets its name in /dev/disk/by-id. But systemd-sysctl, which
 * rules call for every network link, has nothing to set unless [sysctl] is declared, which brings it in.
 */
function isOfUse(program: RuleFile["programs"][number]): boolean {
  return program.found && !program.path.endsWith("/systemd-sysctl");
}

/**
 * What 99-systemd.rules pulls in (sound.target, systemd-rfkill.socket …) serves the real system, whose udev looks at
 * every device once more. A timer, socket or path is nothing without the service that it starts.
 */
function unitsOf(facts: RuleFile): readonly string[] {
  if (facts.name === "99-systemd.rules") return [];
  return facts.units.flatMap((unit) => {
    const starts = /^(.*)\.(?:timer|socket|path)$/.exec(unit)?.[1];
    return starts === undefined ? [unit] : [unit, `${starts}.service`];
  });
}

/**
 * Those modules that rules load by name and that have something to do: rules name drivers of card readers and printer
 * ports, whose devices cannot exist while what the driver itself needs is not in the image.
 */
export function loadableByRules(
  modules: RulesFiles["modules"],
  kernel: Kernel,
  closure: ModuleClosure,
): RulesFiles["modules"] {
  const included = new Set([...closure.modules, ...closure.builtin].map(({ name }) => name));
  return modules.filter(({ name }) => {
    const module = kernel.dependencies().modules.get(normalizeName(name));
    return module !== undefined && !included.has(module.name) && module.needs.every((need) => included.has(need));
  });
}
