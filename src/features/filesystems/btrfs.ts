import { shortOrigin, type Origin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Target } from "../../plan/step.ts";
import { execLine } from "../../stage-one/systemd/escape.ts";
import { sayAssignments } from "../../stage-one/systemd/message.ts";
import type { Unit } from "../../stage-one/systemd/unit.ts";
import type { DeclaredFilesystem } from "./declared.ts";

/** Seconds that a btrfs is waited for before it is mounted without some of its devices, when nothing is declared. */
const patience = 30;

/** Seconds for udev to look at the devices once more, when some are given up. */
const secondLook = 30;

/** How long all devices are waited for; undefined where `stage-one.device-timeout` says it. */
export function secondsForAll(declared: DeclaredFilesystem): number | undefined {
  if (declared.type !== "btrfs" || !declared.degraded) return declared["device-timeout"];
  return declared["device-timeout"] ?? patience;
}

/** How long the device unit has to become ready: longer than its other devices are waited for. */
export function secondsForOne(declared: DeclaredFilesystem): number | undefined {
  const seconds = secondsForAll(declared);
  return declared.type === "btrfs" && declared.degraded && seconds !== undefined ? seconds + secondLook : seconds;
}

/**
 * udev calls a btrfs ready when all of its devices are there. After the declared wait this timer leaves a mark that the
 * rule below knows, and has udev look again.
 */
export function degradedUnits(
  name: string,
  mount: string,
  declared: DeclaredFilesystem,
  origin: Origin,
  target: Target,
): readonly Unit[] {
  const spec = declared.device?.spec ?? "";
  const seconds = secondsForAll(declared) ?? patience;
  const text = `not all devices of the btrfs ${spec} appeared within ${seconds} s; it is mounted without them: ${shortOrigin(origin)}`;
  const where = ["DefaultDependencies", "no"] as const;
  const again = ["trigger", "--subsystem-match=block", "--property-match=ID_FS_TYPE=btrfs"];
  return [
    {
      name: `${name}.timer`,
      place: "local",
      wantedBy: ["initrd-root-device.target"],
      sections: [
        {
          name: "Unit",
          assignments: [
            ["Description", `Clock for the devices of ${spec}`.replaceAll("%", "%%")],
            where,
            ["Conflicts", "initrd-switch-root.target emergency.target shutdown.target"],
          ],
        },
        {
          name: "Timer",
          assignments: [
            ["OnActiveSec", `${seconds}s`],
            ["AccuracySec", "100ms"],
            ["RemainAfterElapse", "no"],
          ],
        },
      ],
    },
    {
      name: `${name}.service`,
      place: "local",
      sections: [
        {
          name: "Unit",
          assignments: [
            ["Description", `Mount of ${spec} without all of its devices`.replaceAll("%", "%%")],
            where,
            ["ConditionPathIsMountPoint", `!${mount}`.replaceAll("%", "%%")],
          ],
        },
        {
          name: "Service",
          assignments: [
            ...sayAssignments(target, text),
            ["ExecStart", execLine([target.programPath("mkdir"), "-p", mark])],
            ["ExecStart", execLine([target.programPath("udevadm"), ...again])],
          ],
        },
      ],
    },
  ];
}

const mark = "/run/unitrd/btrfs-degraded";

export const degradedTakes: readonly Requirement[] = [
  { is: "program", name: "mkdir", why: "a mark for udev" },
  {
    is: "file",
    path: "/etc/udev/rules.d/64-btrfs.rules",
    mode: 0o644,
    why: "a btrfs that is given up waiting for is ready as it is",
    content: `# Written by unitrd: systemd's own 64-btrfs.rules, but for a btrfs that was waited for long enough.
SUBSYSTEM!="block", GOTO="btrfs_end"
ACTION=="remove", GOTO="btrfs_end"
ENV{ID_FS_TYPE}!="btrfs", GOTO="btrfs_end"
ENV{SYSTEMD_READY}=="0", GOTO="btrfs_end"

IMPORT{builtin}="btrfs ready $devnode"
ENV{ID_BTRFS_READY}=="0", TEST!="${mark}", ENV{SYSTEMD_READY}="0"
ENV{ID_BTRFS_READY}=="1", RUN+="/usr/bin/udevadm trigger -s block -p ID_BTRFS_READY=0"

LABEL="btrfs_end"
`,
  },
];
