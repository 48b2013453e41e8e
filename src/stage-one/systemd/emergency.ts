import type { Requirement } from "../../plan/requirement.ts";
import type { Target } from "../../plan/step.ts";
import { secondsBeforeReboot, sentences } from "../sentences.ts";
import { execLine } from "./escape.ts";
import { sayAssignments } from "./message.ts";
import type { SystemdOptions } from "./options.ts";
import type { Assignment, Unit } from "./unit.ts";

/**
 * What happens when the boot fails. systemd's own emergency.service starts sulogin, which a locked root leaves in a
 * loop, and which `systemd.setenv=SYSTEMD_SULOGIN_FORCE=1` on the command line would open; so both units are written
 * here, in /etc where no generator replaces them.
 */
export function emergencyUnits(target: Target, options: SystemdOptions): readonly Unit[] {
  return (["emergency", "rescue"] as const).map((kind) => ({
    name: `${kind}.service`,
    place: "local",
    sections: [
      { name: "Unit", assignments: unitAssignments(kind, options) },
      { name: "Service", assignments: serviceAssignments(kind, target, options) },
    ],
  }));
}

function unitAssignments(kind: "emergency" | "rescue", options: SystemdOptions): readonly Assignment[] {
  return [
    ["Description", options.emergencyAccess === false ? `${titles[kind]} (locked)` : titles[kind]],
    ["DefaultDependencies", "no"],
    ["Conflicts", "shutdown.target"],
    ["Before", "shutdown.target"],
    ...(kind === "emergency" ? ([["Before", "rescue.service"]] as const) : ([["After", "sysinit.target"]] as const)),
    ...(options.panicOnFail
      ? ([
          ["SuccessAction", "reboot-force"],
          ["FailureAction", "reboot-force"],
        ] as const)
      : []),
  ];
}

const titles = { emergency: "Emergency mode", rescue: "Rescue mode" } as const;

function serviceAssignments(
  kind: "emergency" | "rescue",
  target: Target,
  options: SystemdOptions,
): readonly Assignment[] {
  if (options.panicOnFail) {
    return [
      ...sayAssignments(target, sentences.rebooting(String(secondsBeforeReboot))),
      ["ExecStart", execLine([target.programPath("sleep"), String(secondsBeforeReboot)])],
    ];
  }
  if (options.emergencyAccess === false) {
    return [...sayAssignments(target, sentences.locked()), ["RemainAfterExit", "yes"]];
  }
  return [
    ["Environment", "HOME=/root"],
    ...(options.emergencyAccess === true
      ? ([["Environment", "SYSTEMD_SULOGIN_FORCE=1"]] as const)
      : ([["UnsetEnvironment", "SYSTEMD_SULOGIN_FORCE"]] as const)),
    ["WorkingDirectory", "-/root"],
    ["ExecStart", `-${execLine(["/usr/lib/systemd/systemd-sulogin-shell", kind])}`],
    ["Type", "idle"],
    ["StandardInput", "tty-force"],
    ["StandardOutput", "inherit"],
    ["StandardError", "inherit"],
    ["KillMode", "process"],
    ["IgnoreSIGPIPE", "no"],
    ["SendSIGHUP", "yes"],
  ];
}

export function emergencyTakes(options: SystemdOptions): readonly Requirement[] {
  const why = "what happens when the boot fails";
  if (options.panicOnFail) return [{ is: "program", name: "sleep", why }];
  if (options.emergencyAccess === false) return [];
  return [
    { is: "program", name: "/usr/lib/systemd/systemd-sulogin-shell", why },
    { is: "program", name: "sulogin", why },
    ...shellTakes,
  ];
}

/** What a person needs at a shell to find out why a boot failed. */
export const shellTakes: readonly Requirement[] = [
  { is: "program", name: "/bin/sh", why: "a shell" },
  ...[
    "bash",
    "journalctl",
    "cat",
    "ls",
    "less",
    "head",
    "tail",
    "dmesg",
    "lsblk",
    "blkid",
    "findmnt",
    "lsmod",
    "modprobe",
    "ps",
    "grep",
    "mkdir",
    "rm",
    "cp",
    "mv",
    "ln",
    "vi",
    "ip",
    "systemd-analyze",
    "poweroff",
    "reboot",
  ].map((name): Requirement => ({ is: "program", name, optional: true, why: "a shell to look around in" })),
];
