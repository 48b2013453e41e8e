import { shortOrigin, type Origin } from "../../diagnostics/diagnostic.ts";
import type { Target } from "../../plan/step.ts";
import { commandLineWords, unfollowedRoots } from "../command-line-words.ts";
import { sentences } from "../sentences.ts";
import { execLine, literal } from "./escape.ts";
import { messageUnit, sayAssignments } from "./message.ts";
import type { SystemdOptions } from "./options.ts";
import { fitsLine, type Assignment, type Unit } from "./unit.ts";

/**
 * A message for each group that is refused. They are loaded only when one unit, whose conditions are all of the words,
 * finds one of them on the command line: eight units that skip themselves would cost every boot some milliseconds each.
 */
export function refusalUnits(
  target: Target,
  options: SystemdOptions,
  followed: ReadonlySet<string> = new Set(),
): readonly Unit[] {
  const refused = commandLineWords.flatMap(({ words: all, refusal, onlyWith }) => {
    const words = all.filter((word) => !followed.has(word));
    const isFollowed =
      words.length === 0 ||
      (debugWords.has(refusal?.name ?? "") && options.commandLineShell) ||
      (onlyWith === "network" && followsNetworkWords(target, options));
    return refusal === undefined || isFollowed ? [] : [{ words, refusal }];
  });
  const messages = refused.map(({ words, refusal }) =>
    messageUnit(target, {
      name: `unitrd-refuse-${refusal.name}.service`,
      description: `Refusal of words on the kernel command line (${words[0] ?? refusal.name} …)`,
      text: refusal.text,
      unit: [
        ...words.map(condition),
        ...(refusal.unless ?? []).map((word): Assignment => ["ConditionKernelCommandLine", `!${word}`]),
      ],
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

function followsNetworkWords(target: Target, { network }: SystemdOptions): boolean {
  return network && target.hasProgram("/usr/lib/systemd/systemd-network-generator");
}

/** Refusals of what systemd-debug-generator follows where it is in the image. */
const debugWords: ReadonlySet<string> = new Set(["debug-shell", "debug-words"]);

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
  const followed = unfollowedRoots.map((value): Assignment => ["ConditionKernelCommandLine", `!root=${value}`]);
  const units = [
    messageUnit(target, {
      name: "unitrd-root-missing.service",
      description: "Notice that what root= names was not mounted",
      text: sentences.rootMissing(),
      unit: [
        ["ConditionKernelCommandLine", "root"],
        ...followed,
        ["ConditionPathIsMountPoint", "!/sysroot"],
        ["Before", "emergency.service"],
      ],
      wantedBy: ["emergency.target"],
    }),
    messageUnit(target, {
      name: "unitrd-root-replaced.service",
      description: "Notice that the kernel command line names another root",
      text: sentences.rootReplaced(root.device, where),
      unit: [
        ["ConditionKernelCommandLine", "root"],
        // No condition can hold a name that ends so; the notice then comes with every root=.
        ...(fitsLine(root.device)
          ? ([["ConditionKernelCommandLine", `!root=${literal(root.device)}`]] satisfies Assignment[])
          : []),
        ...followed,
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
      text: sentences.rootOptionsDropped(root.options.join(","), where),
      unit: [["ConditionKernelCommandLine", "root"], ["ConditionKernelCommandLine", "!rootflags"], ...followed],
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
      // A timer says nothing when it is stopped before its time; the end of a service that sleeps would.
      name: "unitrd-root-clock.timer",
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
          ],
        },
        {
          name: "Timer",
          assignments: [
            ["OnActiveSec", `${options.deviceTimeout}s`],
            ["AccuracySec", "100ms"],
            ["RemainAfterElapse", "no"],
            ["Unit", "unitrd-root-late.service"],
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
          assignments: [...sayAssignments(target, sentences.rootLate(String(options.deviceTimeout)))],
        },
      ],
    },
  ];
}
