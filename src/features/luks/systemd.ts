import type { Origin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import { deviceUnit, escapePath, escapeUnitName, execLine, literal } from "../../stage-one/systemd/escape.ts";
import type { SystemdRendering } from "../../stage-one/systemd/rendering.ts";
import type { Assignment, Unit } from "../../stage-one/systemd/unit.ts";
import { commandOf, type DeclaredLuks, type UnlockFiles, type Way } from "./declared.ts";

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
  const unit = unlockUnit(mapping, declared, ways, files, target);
  return {
    can: true,
    rendering: {
      units: [unit],
      done: unit.name,
      gates: [unit.name],
      mustSucceed: !declared.nofail,
      takes: [...cryptsetupTakes, ...(ways.includes("passphrase") ? promptTakes : [])],
    },
  };
}

function unlockUnit(
  mapping: string,
  declared: DeclaredLuks,
  ways: readonly Way[],
  files: UnlockFiles,
  target: Target,
): Unit {
  const device = declared.device.path;
  const program = target.programPath("systemd-cryptsetup");
  const blockdev = `blockdev@${escapePath(`/dev/mapper/${mapping}`)}.target`;
  const unit: Assignment[] = [
    ["Description", literal(`Unlocking of ${declared.device.spec} as ${mapping}`)],
    ["Documentation", "man:crypttab(5) man:systemd-cryptsetup@.service(8)"],
    ["DefaultDependencies", "no"],
    ["IgnoreOnIsolate", "yes"],
    ["After", "cryptsetup-pre.target systemd-udevd-kernel.socket"],
    ["Before", `${declared.nofail ? "" : "cryptsetup.target "}${blockdev} umount.target`],
    ["Wants", blockdev],
    ["Conflicts", "umount.target"],
    ["BindsTo", deviceUnit(device)],
  ];
  return {
    name: `systemd-cryptsetup@${escapeUnitName(mapping)}.service`,
    place: "local",
    ...(declared.nofail ? { wantedBy: ["cryptsetup.target"] } : { requiredBy: ["cryptsetup.target"] }),
    sections: [
      { name: "Unit", assignments: unit },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          ["RemainAfterExit", "yes"],
          ["TimeoutSec", "infinity"],
          ["KeyringMode", "shared"],
          ["OOMScoreAdjust", "500"],
          [
            "ExecStart",
            execLine([program, "attach", mapping, device, files.keyFile ?? "-", attachOptions(declared, ways, files)]),
          ],
          ["ExecStop", execLine([program, "detach", mapping])],
        ],
      },
    ],
  };
}

function attachOptions(declared: DeclaredLuks, ways: readonly Way[], files: UnlockFiles): string {
  const declaresTries = declared.options.some((option) => option.startsWith("tries="));
  return [
    "luks",
    ...(files.header === undefined ? [] : [`header=${files.header}`]),
    ...(ways.includes("passphrase") ? (declaresTries ? [] : ["tries=0"]) : ["headless=true"]),
    ...declared.options.filter((option) => option !== "luks"),
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
