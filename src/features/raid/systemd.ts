import { shortOrigin, type Origin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import { escapeUnitName, execLine } from "../../stage-one/systemd/escape.ts";
import { messageUnit, sayAssignments } from "../../stage-one/systemd/message.ts";
import type { SystemdRendering } from "../../stage-one/systemd/rendering.ts";
import type { Unit } from "../../stage-one/systemd/unit.ts";
import { arrayDevice, type DeclaredArray } from "./declared.ts";

/** An array as its renderings know it. */
export interface RaidStep {
  readonly name: string;
  readonly declared: DeclaredArray;
  /** What its metadata call it, where the name alone tells. */
  readonly ownName: string | undefined;
  /** The path of its mdadm.conf(5) in the image. */
  readonly config: string;
  readonly origin: Origin;
  readonly degradedAfter: number;
}

/** The first systemd that has `udevadm wait`. */
const knowsWait = 251;

/**
 * A udev rule gives each device of the array to `mdadm --incremental`, and the kernel starts it with the last one. The
 * unit that stands for the step only waits for that. With consent a timer starts the array as it is; its clock
 * begins when there are enough devices.
 *
 * Of mdadm's own rules 63 is taken, which names arrays. Rule 64 gives any device to any array, and starts what is
 * degraded after 30 seconds whoever asked.
 */
export function renderArray(step: RaidStep, target: Target): Verdict<SystemdRendering> {
  if (!target.hasProgram("mdadm")) return { can: false, because: "the sysroot has no mdadm" };
  if (target.systemd !== undefined && target.systemd < knowsWait) {
    return { can: false, because: `systemd ${target.systemd} has no \`udevadm wait\`` };
  }
  const wait = waitUnit(step, target);
  return {
    can: true,
    rendering: {
      units: [
        wait,
        incompleteUnit(step, target),
        ...(step.declared.degraded ? degradedUnits(step, target) : []),
        writableUnit(target),
      ],
      done: wait.name,
      gates: [wait.name],
      mustSucceed: !step.declared.nofail,
      seesToEnough: true,
      takes: [...takes, ...rules(step, target)],
    },
  };
}

function unitName(name: string, ending: string): string {
  return `unitrd-raid-${escapeUnitName(name)}${ending}`;
}

/** The link that udev makes when the array runs. Its node alone exists before that. */
function runningLink(name: string): string {
  return `unitrd/raid/${name}`;
}

function waitUnit({ name, declared, degradedAfter }: RaidStep, target: Target): Unit {
  const own = declared["device-timeout"];
  return {
    name: unitName(name, ".service"),
    place: "local",
    wantedBy: ["initrd.target"],
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", `Start of the array ${arrayDevice(name)}`],
          ["DefaultDependencies", "no"],
          ["IgnoreOnIsolate", "yes"],
          ["After", "systemd-udev-trigger.service"],
          ["Conflicts", "shutdown.target"],
          ["Before", "shutdown.target"],
          ["OnFailure", unitName(name, "-incomplete.service")],
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          ["RemainAfterExit", "yes"],
          ["TimeoutSec", "infinity"],
          [
            "ExecStart",
            execLine([
              target.programPath("udevadm"),
              "wait",
              ...waitSeconds(own, declared.degraded ? degradedAfter : 0, target),
              `/dev/${runningLink(name)}`,
            ]),
          ],
        ],
      },
    ],
  };
}

function waitSeconds(own: number | undefined, more: number, target: Target): readonly string[] {
  const seconds = (own ?? target.deviceTimeout) + more;
  return Number.isFinite(seconds) ? [`--timeout=${seconds}`] : [];
}

function incompleteUnit({ name, declared, origin }: RaidStep, target: Target): Unit {
  const why = declared.degraded
    ? "not even enough of its devices came"
    : "not all of its devices came, and degraded = true is not declared";
  return messageUnit(target, {
    name: unitName(name, "-incomplete.service"),
    description: `Message about the devices of raid:${name}`,
    text: `raid.${name}: ${arrayDevice(name)} was not started in time: ${why}: ${shortOrigin(origin)}`,
  });
}

/** Instances of the kernel's name of the array, such as md127. */
function degradedUnits({ name, degradedAfter, origin }: RaidStep, target: Target): readonly Unit[] {
  const running = "!/sys/devices/virtual/block/%i/md/sync_action";
  const text = `raid.${name}: not all devices came within ${degradedAfter} s, ${arrayDevice(name)} is started degraded: ${shortOrigin(origin)}`;
  return [
    {
      name: unitName(name, "-degraded@.timer"),
      place: "local",
      sections: [
        {
          name: "Unit",
          assignments: [
            ["Description", `Time for the other devices of ${arrayDevice(name)}`],
            ["DefaultDependencies", "no"],
            ["IgnoreOnIsolate", "yes"],
            ["Conflicts", "shutdown.target"],
          ],
        },
        {
          name: "Timer",
          assignments: [
            ["OnActiveSec", `${degradedAfter}s`],
            ["AccuracySec", "100ms"],
            ["RemainAfterElapse", "no"],
          ],
        },
      ],
    },
    {
      name: unitName(name, "-degraded@.service"),
      place: "local",
      sections: [
        {
          name: "Unit",
          assignments: [
            ["Description", `Start of ${arrayDevice(name)} without all of its devices`],
            ["DefaultDependencies", "no"],
            ["IgnoreOnIsolate", "yes"],
            ["Conflicts", "shutdown.target"],
            ["ConditionPathExists", running],
          ],
        },
        {
          name: "Service",
          assignments: [
            ...sayAssignments(target, text),
            ["ExecStart", `${execLine([target.programPath("mdadm"), "--run"])} /dev/%i`],
          ],
        },
      ],
    },
  ];
}

/** The real system decides for itself how it starts further arrays. */
function writableUnit(target: Target): Unit {
  return {
    name: "unitrd-raid-writable.service",
    place: "local",
    wantedBy: ["initrd-switch-root.target"],
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", "Arrays start as the real system says from now on"],
          ["DefaultDependencies", "no"],
          ["Before", "initrd-switch-root.service"],
          ["ConditionPathExists", "/sys/module/md_mod/parameters/start_ro"],
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          ["ExecStart", execLine([target.programPath("echo"), "0"])],
          ["StandardOutput", "truncate:/sys/module/md_mod/parameters/start_ro"],
        ],
      },
    ],
  };
}

const takes: readonly Requirement[] = [
  { is: "program", name: "mdadm", why: "arrays" },
  { is: "program", name: "modprobe", why: "the kernel loads the driver of a level" },
  { is: "rules", name: "01-md-raid-creating.rules", optional: true, why: "arrays that are being made are left alone" },
  { is: "rules", name: "63-md-raid-arrays.rules", why: "names of arrays" },
  { is: "no-unit", name: "mdmonitor.service", why: "the real system watches its arrays" },
];

function rules({ name, declared, ownName, config, origin }: RaidStep, target: Target): readonly Requirement[] {
  const mdadm = target.programPath("mdadm");
  const members = (declared.devices ?? []).map(({ path }) => `${deviceMatch(path)}, GOTO="unitrd_raid_member"`);
  const lines = [
    `# ${shortOrigin(origin).replace(/\p{Cc}/gu, " ")}: the devices of raid.${name} are given to mdadm, which starts it with the last one.`,
    'SUBSYSTEM!="block", GOTO="unitrd_raid_end"',
    'ACTION!="add|change", GOTO="unitrd_raid_end"',
    `KERNEL=="md*", ENV{DEVTYPE}=="disk", ENV{SYSTEMD_READY}!="0", ${arrayMatch(name)}, TEST=="md/array_state", ATTR{md/array_state}!="clear|inactive", SYMLINK+="${runningLink(name)}"`,
    'ENV{ID_FS_TYPE}!="linux_raid_member", GOTO="unitrd_raid_end"',
    'ENV{DM_UDEV_DISABLE_OTHER_RULES_FLAG}=="1", GOTO="unitrd_raid_end"',
    "# What lies on another device is ready with a change, a disk with its add.",
    'ACTION=="change", KERNEL!="dm-*|md*", GOTO="unitrd_raid_end"',
    ...(members.length === 0 ? [] : [...members, 'GOTO="unitrd_raid_end"', 'LABEL="unitrd_raid_member"']),
    ...(ownName === undefined ? [] : nameMatch(ownName, mdadm)),
    'ENV{MD_STARTED}=""',
    `IMPORT{program}="${mdadm} --incremental --export --config=${config} $devnode"`,
    ...(declared.degraded
      ? [
          `ENV{MD_STARTED}=="*unsafe*", ENV{SYSTEMD_WANTS}+="${ruleText(unitName(name, "-degraded@$env{MD_DEVICE}.timer"))}"`,
        ]
      : []),
    'LABEL="unitrd_raid_end"',
    "",
  ];
  return [
    {
      is: "file",
      path: `/etc/udev/rules.d/64-unitrd-raid-${name}.rules`,
      mode: 0o644,
      content: lines.join("\n"),
      why: `udev assembles raid.${name}`,
    },
  ];
}

/** mdadm wants the name of the machine too, which metadata put before that of the array; a declaration need not know it. */
function nameMatch(name: string, mdadm: string): readonly string[] {
  return [
    'ENV{MD_NAME}=""',
    `IMPORT{program}="${mdadm} --examine --export $devnode"`,
    `ENV{MD_NAME}!="${name.includes(":") ? name : `${name}|*:${name}`}", GOTO="unitrd_raid_end"`,
  ];
}

function deviceMatch(path: string): string {
  const below = path.slice("/dev/".length);
  return below.includes("/") ? `SYMLINK=="${below}"` : `KERNEL=="${below}"`;
}

function arrayMatch(name: string): string {
  return /^md\d+$/.test(name) ? `KERNEL=="${name}"` : `ENV{MD_DEVNAME}=="${name}"`;
}

/** udev substitutes `%` and `$` in values. */
function ruleText(value: string): string {
  return value.replaceAll("%", "%%");
}
