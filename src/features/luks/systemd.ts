import { shortOrigin, type Origin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import {
  deviceUnit,
  escapePath,
  escapeUnitName,
  execLine,
  literal,
  mountUnit,
} from "../../stage-one/systemd/escape.ts";
import type { SystemdRendering } from "../../stage-one/systemd/rendering.ts";
import type { Assignment, Unit } from "../../stage-one/systemd/unit.ts";
import { messageUnit } from "../../stage-one/systemd/message.ts";
import {
  commandOf,
  describeWay,
  keyDeviceOf,
  wayId,
  wayName,
  type DeclaredLuks,
  type UnlockFiles,
  type Way,
} from "./declared.ts";

/** The unit that systemd-cryptsetup-generator(8) would make of a line of crypttab(5), under the same name. */
export function renderUnlock(
  mapping: string,
  declared: DeclaredLuks,
  ways: readonly Way[],
  files: UnlockFiles,
  unlock: Origin,
  target: Target,
): Verdict<SystemdRendering> {
  if (!target.hasProgram("systemd-cryptsetup")) {
    return {
      can: false,
      because: "the sysroot has no systemd-cryptsetup",
      hint: "on Debian 13 it is in the package systemd-cryptsetup",
    };
  }
  if (commandOf(ways) !== undefined) {
    return {
      can: false,
      because: "systemd-cryptsetup takes no program that makes the key",
      hint: "for the systemd stage one use a key file or a pass phrase, or a service that listens on a socket below /run/cryptsetup-keys.d (crypttab(5))",
      at: unlock,
    };
  }
  const plan = { mapping, declared, ways, files, unlock, target };
  const attempts = ways.slice(0, -1).map((_, index) => attemptUnits(plan, index));
  const last = lastUnits(plan);
  return {
    can: true,
    rendering: {
      units: [...attempts.flatMap(({ units }) => units), ...last.units],
      done: unitName(mapping),
      // Later attempts begin when an earlier one failed, which came after everything.
      gates: [unitName(mapping), ...(attempts.length > 0 ? [attemptName(mapping, 0)] : [])],
      ways: Object.fromEntries([...attempts, last].flatMap(({ way }) => (way === undefined ? [] : [way]))),
      mustSucceed: !declared.nofail,
      takes: [...cryptsetupTakes, ...(ways.includes("passphrase") ? promptTakes : [])],
    },
  };
}

interface Unlock {
  readonly mapping: string;
  readonly declared: DeclaredLuks;
  readonly ways: readonly Way[];
  readonly files: UnlockFiles;
  readonly unlock: Origin;
  readonly target: Target;
}

interface WayUnits {
  readonly units: readonly Unit[];
  /** The way by its name in the plan, and the unit that waits for what it needs. */
  readonly way?: readonly [string, string];
}

function unitName(mapping: string): string {
  return `systemd-cryptsetup@${escapeUnitName(mapping)}.service`;
}

function attemptName(mapping: string, index: number): string {
  return `unitrd-unlock-${escapeUnitName(mapping)}-${index + 1}.service`;
}

/**
 * One way to unlock as a unit of its own. It fails when the way does not open the device, says so, and begins the next:
 * only then the next waits for its device. The last way is the unlocking itself, which finds the device open when an
 * attempt opened it.
 */
function attemptUnits(plan: Unlock, index: number): WayUnits {
  const { mapping, declared, ways, unlock, target } = plan;
  const way = ways[index];
  const next = ways[index + 1];
  if (way === undefined || next === undefined) return { units: [] };
  const { spec, path } = declared.device;
  const opened = `/dev/mapper/${mapping}`;
  const key = keyOf(plan, index);
  const said = messageUnit(target, {
    name: attemptName(mapping, index).replace(".service", "-failed.service"),
    description: `Message about the unlocking of ${mapping}`,
    text: `${describeWay(way)} does not open ${spec}; next: ${describeWay(next)} (${shortOrigin(unlock)})`,
    unit: [
      ["ConditionPathExists", literal(path)],
      ["Before", unitName(mapping)],
    ],
  });
  const following = index + 2 < ways.length ? [attemptName(mapping, index + 1)] : [];
  const unit: Unit = {
    name: attemptName(mapping, index),
    place: "local",
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", literal(`Unlocking of ${spec} as ${mapping} by ${describeWay(way)}`)],
          ["DefaultDependencies", "no"],
          ["IgnoreOnIsolate", "yes"],
          ["After", `cryptsetup-pre.target systemd-udevd-kernel.socket ${deviceUnit(path)}`],
          ["Before", [...following, unitName(mapping), "umount.target"].join(" ")],
          ["Conflicts", "umount.target"],
          ["ConditionPathExists", literal(path)],
          ["ConditionPathExists", `!${literal(opened)}`],
          ["OnFailure", [said.name, ...following].join(" ")],
          // What did not open the device is no failure that the real system need hear of.
          ["CollectMode", "inactive-or-failed"],
          ...key.unit,
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          // Else the isolation before the hand-over begins it again. With a mount it must end, as that ends with it.
          ...(key.units.length === 0 ? ([["RemainAfterExit", "yes"]] satisfies Assignment[]) : []),
          ["TimeoutSec", "infinity"],
          ["KeyringMode", "shared"],
          ...key.service,
          ["ExecStart", attachLine(plan, key, `${wayOptions(plan, way)},headless=true,tries=1`)],
        ],
      },
    ],
  };
  return { units: [...key.units, unit, said], ...wayOf(plan, index, key.units[0]?.name ?? unit.name) };
}

function wayOf({ ways }: Unlock, index: number, unit: string): Pick<WayUnits, "way"> {
  const way = ways[index];
  return way === undefined || keyDeviceOf(way) === undefined ? {} : { way: [wayId(ways, index), unit] };
}

/** The last way, in the unit that systemd-cryptsetup-generator(8) would make. */
function lastUnits(plan: Unlock): WayUnits {
  const { mapping, declared, ways, target } = plan;
  const index = ways.length - 1;
  const way = ways[index] ?? "passphrase";
  const device = declared.device.path;
  const blockdev = `blockdev@${escapePath(`/dev/mapper/${mapping}`)}.target`;
  const key = keyOf(plan, index);
  const tries = way === "passphrase" ? `tries=${attempts(declared.tries ?? 0, target)}` : "headless=true";
  const unit: Unit = {
    name: unitName(mapping),
    place: "local",
    ...(declared.nofail ? { wantedBy: ["cryptsetup.target"] } : { requiredBy: ["cryptsetup.target"] }),
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", literal(`Unlocking of ${declared.device.spec} as ${mapping}`)],
          ["Documentation", "man:crypttab(5) man:systemd-cryptsetup@.service(8)"],
          ["DefaultDependencies", "no"],
          ["IgnoreOnIsolate", "yes"],
          ["After", "cryptsetup-pre.target systemd-udevd-kernel.socket"],
          ...(ways.length > 1 ? ([["Wants", attemptName(mapping, 0)]] satisfies Assignment[]) : []),
          ["Before", `${declared.nofail ? "" : "cryptsetup.target "}${blockdev} umount.target`],
          ["Wants", blockdev],
          ["Conflicts", "umount.target"],
          ["BindsTo", deviceUnit(device)],
          ...key.unit,
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          ["RemainAfterExit", "yes"],
          ["TimeoutSec", "infinity"],
          ["KeyringMode", "shared"],
          ["OOMScoreAdjust", "500"],
          ...key.service,
          ["ExecStart", attachLine(plan, key, `${wayOptions(plan, way)},${tries}`)],
          ["ExecStop", execLine([target.programPath("systemd-cryptsetup"), "detach", mapping])],
        ],
      },
    ],
  };
  return { units: [...key.units, unit], ...wayOf(plan, index, key.units[0]?.name ?? unit.name) };
}

/**
 * What `tries=` must be for so many questions: from 257 until 260 systemd-cryptsetup tries the first wrong pass phrase
 * twice (systemd issue 38495).
 */
function attempts(questions: number, { systemd }: Target): number {
  const triesTwice = systemd !== undefined && systemd >= 257 && systemd < 261;
  return triesTwice && questions > 1 ? questions + 1 : questions;
}

/** Where systemd-cryptsetup finds the key of a way, as it stands in `ExecStart=`. */
interface WayKey {
  readonly word: string;
  readonly unit: readonly Assignment[];
  readonly service: readonly Assignment[];
  /** The mount that the key lies on. */
  readonly units: readonly Unit[];
}

function keyOf({ mapping, ways, files }: Unlock, index: number): WayKey {
  const way = ways[index];
  const plain = { word: "-", unit: [], service: [], units: [] };
  if (way === "key-file") return { ...plain, word: execLine([files.keyFile ?? "-"]) };
  // A missing credential is a missing file: systemd-cryptsetup reads credentials itself only where it would ask else.
  if (way === "credential") {
    const name = "cryptsetup.passphrase";
    return { ...plain, word: `%d/${name}`, service: [["LoadCredential", name]] };
  }
  const key = way === undefined ? undefined : keyDeviceOf(way);
  if (key === undefined) return plain;
  if (key.path === undefined || key.type === undefined) return { ...plain, word: execLine([key["key-device"].path]) };
  const where = `/run/unitrd/keys/${escapeUnitName(mapping)}-${index + 1}`;
  const mount = keyMount(where, key["key-device"].path, key.type);
  const unit: Assignment[] = [
    ["Requires", mount.name],
    ["After", mount.name],
  ];
  return { word: execLine([`${where}${key.path}`]), unit, service: [], units: [mount] };
}

/** Unmounted when the attempt that needs it has ended. */
function keyMount(where: string, what: string, type: string): Unit {
  return {
    name: mountUnit(where),
    place: "local",
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", literal(`Key of an encrypted device on ${what}`)],
          ["DefaultDependencies", "no"],
          ["Conflicts", "umount.target"],
          ["Before", "umount.target"],
          ["StopWhenUnneeded", "yes"],
        ],
      },
      {
        name: "Mount",
        assignments: [
          ["What", literal(what)],
          ["Where", literal(where)],
          ["Type", type],
          ["Options", "ro,nodev,nosuid,noexec"],
          ["DirectoryMode", "0700"],
        ],
      },
    ],
  };
}

function attachLine({ mapping, declared, target }: Unlock, key: WayKey, options: string): string {
  const program = target.programPath("systemd-cryptsetup");
  return [execLine([program, "attach", mapping, declared.device.path]), key.word, execLine([options])].join(" ");
}

/** Options of crypttab(5) for one way; where a key begins and how long it is counts for that key alone. */
function wayOptions({ declared, files }: Unlock, way: Way): string {
  const key = keyDeviceOf(way);
  const header = declared["header-device"]?.path ?? files.header;
  return [
    "luks",
    ...(header === undefined ? [] : [`header=${header}`]),
    ...(wayName(way) === "empty-passphrase" ? ["try-empty-password=true"] : []),
    ...(key?.offset === undefined ? [] : [`keyfile-offset=${key.offset}`]),
    ...(key?.size === undefined ? [] : [`keyfile-size=${key.size}`]),
    ...declared.options.filter((one) => one !== "luks" && (way === "key-file" || !one.startsWith("keyfile-"))),
  ].join(",");
}

const why = "opening of encrypted devices";

const cryptsetupTakes: readonly Requirement[] = [
  { is: "program", name: "systemd-cryptsetup", why },
  { is: "program", name: "dmsetup", why: "udev names mappings through dmsetup" },
  { is: "library", soname: "libgcc_s.so.1", optional: true, why: "glibc loads it to end a thread" },
  { is: "dlopen", feature: "cryptsetup", why },
  { is: "unit", name: "cryptsetup.target", why },
  { is: "unit", name: "cryptsetup-pre.target", why },
  { is: "unit", name: "blockdev@.target", why },
  { is: "rules", name: "55-dm.rules", why: "names of mappings" },
  { is: "rules", name: "60-persistent-storage-dm.rules", why: "names of what is in mappings" },
  { is: "rules", name: "95-dm-notify.rules", why: "end of udev's work on a mapping" },
];

const promptTakes: readonly Requirement[] = [
  { is: "program", name: "systemd-ask-password", why: "prompts" },
  { is: "program", name: "systemd-tty-ask-password-agent", why: "prompts" },
  { is: "program", name: "/usr/lib/systemd/systemd-reply-password", optional: true, why: "prompts" },
  { is: "unit", name: "systemd-ask-password-console.path", why: "prompts" },
  { is: "unit", name: "systemd-ask-password-console.service", why: "prompts" },
];
