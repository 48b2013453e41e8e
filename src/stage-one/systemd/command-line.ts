import { shortOrigin, type Origin } from "../../diagnostics/diagnostic.ts";
import type { Target } from "../../plan/step.ts";
import { execLine } from "./escape.ts";
import { messageUnit, sayAssignments } from "./message.ts";
import type { SystemdOptions } from "./options.ts";
import type { Assignment, Unit } from "./unit.ts";

/** A group of words of the kernel command line and what becomes of them. docs/command-line.md is made from this table. */
export interface WordGroup {
  readonly words: readonly string[];
  readonly effect: "wins" | "refused" | "systemd";
  /** For the documentation: what the words do here, or why they are refused. */
  readonly meaning: string;
  /** For the console, when they are refused. */
  readonly refusal?: { readonly name: string; readonly text: string; readonly when?: readonly Assignment[] };
}

/** Every word that could change what a declaration says. Each wins wholly or is refused aloud, never half. */
export const commandLineWords: readonly WordGroup[] = [
  {
    words: ["root="],
    effect: "wins",
    meaning:
      'Replaces `filesystems."/"` as a whole: device, type and options then come from `root=`, `rootfstype=`, `rootflags=`, `ro` and `rw`, as systemd-fstab-generator(8) reads them. What the declaration says of it otherwise (LUKS, modules, other mounts) stays. When the declared device or options are given up by it, the console says so.',
  },
  {
    words: ["rootfstype=", "rootflags=", "ro", "rw"],
    effect: "wins",
    meaning: "Beside `root=` they win with it. Alone they are refused: half of a declared mount would be replaced.",
    refusal: {
      name: "root-words",
      text: 'rootflags=, rootfstype=, ro and rw count only beside root=; without it filesystems."/" is mounted as declared',
      when: [["ConditionKernelCommandLine", "!root"]],
    },
  },
  { words: ["init="], effect: "wins", meaning: "The program that the real system starts with." },
  {
    words: [
      "rd.luks",
      "rd.luks.crypttab",
      "rd.luks.uuid",
      "rd.luks.name",
      "rd.luks.key",
      "rd.luks.options",
      "rd.luks.data",
      "rd.luks.header",
    ],
    effect: "refused",
    meaning: "Encrypted devices are those of `[luks]`. A second unit for the same disk would map it twice.",
    refusal: {
      name: "luks",
      text: "rd.luks.* is not followed: this image opens the encrypted devices of its declaration, each once",
    },
  },
  {
    words: ["rd.break", "rd.shell", "break", "single"],
    effect: "refused",
    meaning:
      "Words of other initrds that stop at a shell. Use `rd.systemd.unit=emergency.target` with `emergency-access`.",
    refusal: {
      name: "break",
      text: "rd.break, rd.shell and break are not followed; rd.systemd.unit=emergency.target with stage-one.emergency-access stops at a shell",
    },
  },
  {
    words: ["resume", "resume_offset"],
    effect: "refused",
    meaning: "This version does not resume from hibernation; the machine starts afresh.",
    refusal: {
      name: "resume",
      text: "resume= is not followed: this image does not resume from hibernation and starts afresh",
    },
  },
  {
    words: ["ip", "rd.neednet", "nfsroot"],
    effect: "refused",
    meaning: "This version has no network in the initrd.",
    refusal: { name: "network", text: "ip=, rd.neednet and nfsroot= are not followed: this image has no network" },
  },
  {
    words: ["mount.usr"],
    effect: "wins",
    meaning:
      'Replaces `filesystems."/usr"` with `mount.usrfstype=` and `mount.usrflags=`, as systemd-fstab-generator(8) reads them.',
  },
  {
    words: ["roothash", "usrhash", "rd.md.uuid", "rd.lvm.vg", "rd.lvm.lv"],
    effect: "refused",
    meaning: "Storage of kinds that this version does not declare.",
    refusal: {
      name: "storage",
      text: "roothash=, usrhash=, rd.md.* and rd.lvm.* are not followed: this image opens the storage of its declaration",
    },
  },
  {
    words: ["rd.systemd.debug_shell", "systemd.debug_shell", "systemd.debug-shell", "rd.systemd.debug-shell"],
    effect: "refused",
    meaning: "A shell without a password. It wins when `stage-one.command-line-shell = true`.",
    refusal: {
      name: "debug-shell",
      text: "rd.systemd.debug_shell is refused: the image was built with stage-one.command-line-shell = false",
    },
  },
  {
    words: [
      "systemd.unit=",
      "rd.systemd.unit=",
      "systemd.mask=",
      "systemd.wants=",
      "systemd.log_level=",
      "systemd.show_status=",
      "systemd.setenv=",
      "systemd.set_credential=",
    ],
    effect: "systemd",
    meaning:
      "Read by systemd itself (systemd(1), kernel-command-line(7)); none of them opens a shell that the declaration keeps shut.",
  },
];

/**
 * A message for each group that is refused. They are loaded only when one unit, whose conditions are all of the words,
 * finds one of them on the command line: eight units that skip themselves would cost every boot some milliseconds each.
 */
export function refusalUnits(target: Target, options: SystemdOptions): readonly Unit[] {
  const refused = commandLineWords.flatMap(({ words, refusal }) =>
    refusal === undefined || (refusal.name === "debug-shell" && options.commandLineShell) ? [] : [{ words, refusal }],
  );
  const messages = refused.map(({ words, refusal }) =>
    messageUnit(target, {
      name: `unitrd-refuse-${refusal.name}.service`,
      description: `Refusal of words on the kernel command line (${words[0] ?? refusal.name} …)`,
      text: refusal.text,
      unit: [...words.map(condition), ...(refusal.when ?? [])],
    }),
  );
  const starter: Unit = {
    name: "unitrd-refuse.service",
    place: "local",
    wantedBy: ["sysinit.target"],
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", "Look for words on the kernel command line that are refused"],
          ["DefaultDependencies", "no"],
          ...refused.flatMap(({ words }) => words.map(condition)),
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          [
            "ExecStart",
            execLine([target.programPath("systemctl"), "--no-block", "start", ...messages.map((unit) => unit.name)]),
          ],
        ],
      },
    ],
  };
  return [starter, ...messages];
}

function condition(word: string): Assignment {
  return ["ConditionKernelCommandLine", `|${word.replace(/=$/, "")}`];
}

/** What the declaration says of the root, as far as `root=` may replace it. */
export interface DeclaredRoot {
  /** As written: `UUID=…`. */
  readonly device: string;
  readonly options: readonly string[];
  readonly origin: Origin;
}

/** Says what `root=` gave up, when it names another device or drops declared options. */
export function rootOverrideUnits(target: Target, root: DeclaredRoot | undefined): readonly Unit[] {
  if (root === undefined) return [];
  const where = shortOrigin(root.origin);
  const units = [
    messageUnit(target, {
      name: "unitrd-root-replaced.service",
      description: "Notice that the kernel command line names another root",
      text: `root= on the kernel command line replaces ${root.device} (${where})`,
      unit: [
        ["ConditionKernelCommandLine", "root"],
        ["ConditionKernelCommandLine", `!root=${root.device}`],
      ],
      wantedBy: ["sysinit.target"],
    }),
  ];
  if (root.options.length === 0) return units;
  return [
    ...units,
    messageUnit(target, {
      name: "unitrd-root-options-replaced.service",
      description: "Notice that the kernel command line drops mount options",
      text: `root= without rootflags= drops the declared options ${root.options.join(",")} (${where})`,
      unit: [
        ["ConditionKernelCommandLine", "root"],
        ["ConditionKernelCommandLine", "!rootflags"],
      ],
      wantedBy: ["sysinit.target"],
    }),
  ];
}

/**
 * `root=` may name a device inside an encrypted one in a spelling that no declared step has, so its device unit has no
 * order after the unlocking. systemd's clock for it must then not run, and this unit keeps time instead: it starts
 * when every prompt has been answered.
 */
export function rootClockUnits(target: Target, options: SystemdOptions, unlocking: readonly string[]): readonly Unit[] {
  if (unlocking.length === 0 || !Number.isFinite(options.deviceTimeout)) return [];
  return [
    {
      name: "unitrd-root-clock.service",
      place: "local",
      wantedBy: ["initrd-root-device.target"],
      sections: [
        {
          name: "Unit",
          assignments: [
            ["Description", "Clock for the device of root="],
            ["DefaultDependencies", "no"],
            ["ConditionKernelCommandLine", "root"],
            ["After", unlocking.join(" ")],
            ["Conflicts", "initrd-switch-root.target emergency.target shutdown.target"],
            ["OnSuccess", "unitrd-root-late.service"],
          ],
        },
        {
          name: "Service",
          assignments: [
            ["Type", "exec"],
            ["ExecStart", execLine([target.programPath("sleep"), String(options.deviceTimeout)])],
          ],
        },
      ],
    },
    {
      name: "unitrd-root-late.service",
      place: "local",
      sections: [
        {
          name: "Unit",
          assignments: [
            ["Description", "End of the wait for the device of root="],
            ["DefaultDependencies", "no"],
            ["ConditionPathIsMountPoint", "!/sysroot"],
            ["OnSuccess", "emergency.target"],
            ["OnSuccessJobMode", "replace-irreversibly"],
          ],
        },
        {
          name: "Service",
          assignments: [
            ...sayAssignments(
              target,
              `the device of root= did not come within ${options.deviceTimeout} s of the unlocking`,
            ),
          ],
        },
      ],
    },
  ];
}
