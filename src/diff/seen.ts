import type { ReportedMapping, ReportedMount, StageTwo } from "../scenario/stage-two-report.ts";
import type { StageOneKind } from "../stage-one/stage-one.ts";

/** One thing of the real system, as each stage one left it. */
export interface SeenDifference {
  readonly what: string;
  readonly systemd: string;
  readonly scripted: string;
}

type Both = Readonly<Record<StageOneKind, StageTwo>>;

/**
 * What of two real systems is not alike: mounts, mappings, swap, module parameters, the kernel command line. What each
 * stage one adds on its own account (the kernel's interfaces, modules that nobody declared) is told apart.
 */
export function seenDifference(
  both: Both,
  declaredModules: readonly string[],
): { readonly differences: readonly SeenDifference[]; readonly onPurpose: readonly SeenDifference[] } {
  const mounts = different(both, (seen) => mountTable(seen.mounts));
  const modules = different(both, ({ modules: names }) => new Map(names.map((name) => [name, "loaded"])), "not loaded");
  const values = parameters(both);
  const declared = new Set(declaredModules.map((name) => name.replaceAll("-", "_")));
  const isDeclared = ({ what }: SeenDifference): boolean => declared.has(what);
  return {
    differences: [
      ...labelled(
        "mount",
        mounts.filter(({ what }) => !isInterface(what)),
      ),
      ...labelled(
        "mapping",
        different(both, ({ mappings }) => mappingTable(mappings)),
      ),
      ...labelled(
        "swap",
        different(both, ({ swap }) => new Map(swap.map((device) => [device, "in use"]))),
      ),
      ...labelled(
        "parameter",
        values.filter(({ what }) => !computed.has(what)),
      ),
      ...labelled("module", modules.filter(isDeclared)),
      ...different(both, ({ commandLine }) => new Map([["the kernel command line", commandLine]])),
    ],
    onPurpose: [
      ...labelled(
        "mount",
        mounts.filter(({ what }) => isInterface(what)),
      ),
      ...labelled(
        "module",
        modules.filter((one) => !isDeclared(one)),
      ),
      ...labelled(
        "parameter",
        values.filter(({ what }) => computed.has(what)),
      ),
    ],
  };
}

function labelled(label: string, differences: readonly SeenDifference[]): readonly SeenDifference[] {
  return differences.map((difference) => ({ ...difference, what: `${label} ${difference.what}` }));
}

function different(
  { systemd, scripted }: Both,
  table: (seen: StageTwo) => ReadonlyMap<string, string>,
  absent = "none",
): readonly SeenDifference[] {
  const [left, right] = [table(systemd), table(scripted)];
  return [...new Set([...left.keys(), ...right.keys()])].sort().flatMap((what) => {
    const [ours, theirs] = [left.get(what) ?? absent, right.get(what) ?? absent];
    return ours === theirs ? [] : [{ what, systemd: ours, scripted: theirs }];
  });
}

/** By path, those that lie on top of each other in their order; options as a set. */
function mountTable(mounts: readonly ReportedMount[]): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  for (const { path, source, type, options } of mounts) {
    if (type === "rootfs") continue;
    const text = `${source} ${type} ${[...new Set(options)].sort().join(",")}`;
    table.set(path, table.has(path) ? `${table.get(path)}; ${text}` : text);
  }
  return table;
}

/** Where the kernel's own file systems are: the real system mounts those that it misses. */
export function isInterface(path: string): boolean {
  return /^\/(proc|sys|dev|run)(\/|$)/.test(path);
}

/** Their numbers depend on which was first. */
function mappingTable(mappings: readonly ReportedMapping[]): ReadonlyMap<string, string> {
  const names = new Map(mappings.map(({ device, name }) => [device, name]));
  return new Map(
    mappings.map(({ name, uuid, below }) => {
      const on = below.map((device) => names.get(device) ?? device).sort();
      return [name, `${uuid === "" ? "without a UUID" : uuid} on ${on.join(", ")}`];
    }),
  );
}

/** What the kernel works out from the memory that an initrd leaves it. */
const computed: ReadonlySet<string> = new Set(["fuse.max_user_bgreq", "fuse.max_user_congthresh"]);

/** Of modules that both have. */
function parameters({ systemd, scripted }: Both): readonly SeenDifference[] {
  return [...systemd.parameters].flatMap(([what, ours]) => {
    const theirs = scripted.parameters.get(what);
    return theirs === undefined || theirs === ours ? [] : [{ what, systemd: ours, scripted: theirs }];
  });
}
