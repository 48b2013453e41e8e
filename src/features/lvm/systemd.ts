import { shortOrigin, type Origin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { StepId, Target, Verdict } from "../../plan/step.ts";
import { escapeUnitName, execLine } from "../../stage-one/systemd/escape.ts";
import { messageUnit } from "../../stage-one/systemd/message.ts";
import type { SystemdRendering } from "../../stage-one/systemd/rendering.ts";
import type { Unit } from "../../stage-one/systemd/unit.ts";
import type { DeclaredGroup } from "./declared.ts";

/** Volumes of one group as their renderings know them. */
export interface VolumesStep {
  readonly id: StepId;
  readonly group: string;
  readonly volumes: readonly string[];
  readonly declared: DeclaredGroup;
  readonly origin: Origin;
  /** The directory of their lvm.conf(5) in the image. */
  readonly config: string;
}

/** The first systemd that has `udevadm wait`. */
const knowsWait = 251;

/**
 * A udev rule asks LVM of each physical volume whether its group is complete. When it is, or with consent when the time is
 * over, a unit activates the declared volumes.
 *
 * LVM's own rule 69 is not taken: it activates whole groups, and leaves in /run that it did, so that the real system
 * would not activate the rest.
 */
export function renderVolumes(step: VolumesStep, target: Target): Verdict<SystemdRendering> {
  if (!target.hasProgram("lvm")) {
    return { can: false, because: "the sysroot has no lvm", hint: "on Debian it is in the package lvm2" };
  }
  if (target.systemd !== undefined && target.systemd < knowsWait) {
    return { can: false, because: `systemd ${target.systemd} has no \`udevadm wait\`` };
  }
  const activate = activateUnit(step, target);
  const wait = waitUnit(step, target);
  return {
    can: true,
    rendering: {
      units: [wait, incompleteUnit(step, target), activate],
      done: activate.name,
      gates: [wait.name, activate.name],
      mustSucceed: !step.declared.nofail,
      seesToEnough: true,
      takes: [...takes, rule(step, target)],
    },
  };
}

function unitName({ id }: VolumesStep, ending: string): string {
  return `unitrd-${escapeUnitName(id.replace(":", "/"))}${ending}`;
}

function completeLink(group: string): string {
  return `unitrd/lvm/${group}`;
}

function waitUnit(step: VolumesStep, target: Target): Unit {
  const seconds = step.declared["device-timeout"] ?? target.deviceTimeout;
  return {
    name: unitName(step, "-complete.service"),
    place: "local",
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", `Physical volumes of ${step.group}`],
          ["DefaultDependencies", "no"],
          ["IgnoreOnIsolate", "yes"],
          ["After", "systemd-udev-trigger.service"],
          ["Conflicts", "shutdown.target"],
          ["Before", "shutdown.target"],
          ["OnFailure", unitName(step, "-incomplete.service")],
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
              ...(Number.isFinite(seconds) ? [`--timeout=${seconds}`] : []),
              `/dev/${completeLink(step.group)}`,
            ]),
          ],
        ],
      },
    ],
  };
}

function incompleteUnit(step: VolumesStep, target: Target): Unit {
  const { group, declared, origin } = step;
  const seconds = declared["device-timeout"] ?? target.deviceTimeout;
  const consequence = declared.partial ? "the boot goes on with those that did" : "and partial = true is not declared";
  return messageUnit(target, {
    name: unitName(step, "-incomplete.service"),
    description: `Message about the physical volumes of ${group}`,
    text: `lvm.${group}: not all physical volumes came within ${seconds} s, ${consequence}: ${shortOrigin(origin)}`,
  });
}

function activateUnit(step: VolumesStep, target: Target): Unit {
  const { group, volumes, declared, config } = step;
  const wait = unitName(step, "-complete.service");
  return {
    name: unitName(step, ".service"),
    place: "local",
    wantedBy: ["initrd.target"],
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", `Activation of ${volumes.map((volume) => `${group}/${volume}`).join(", ")}`],
          ["DefaultDependencies", "no"],
          ["IgnoreOnIsolate", "yes"],
          [declared.partial ? "Wants" : "Requires", wait],
          ["After", wait],
          ["Conflicts", "shutdown.target"],
          ["Before", "shutdown.target"],
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          ["RemainAfterExit", "yes"],
          ["TimeoutSec", "infinity"],
          ["Environment", `LVM_SYSTEM_DIR=${config}`],
          [
            "ExecStart",
            execLine([
              target.programPath("lvm"),
              "lvchange",
              "-ay",
              ...(declared.partial ? ["--activationmode", "partial"] : []),
              ...volumes.map((volume) => `${group}/${volume}`),
            ]),
          ],
        ],
      },
    ],
  };
}

const takes: readonly Requirement[] = [
  { is: "program", name: "lvm", why: "logical volumes" },
  { is: "program", name: "dmsetup", why: "udev names mappings through dmsetup" },
  { is: "program", name: "modprobe", why: "LVM loads the driver of a kind of volume" },
  { is: "library", soname: "libgcc_s.so.1", optional: true, why: "glibc loads it to end a thread" },
  { is: "rules", name: "55-dm.rules", why: "names of mappings" },
  { is: "rules", name: "56-lvm.rules", why: "names of volumes" },
  { is: "rules", name: "60-persistent-storage-dm.rules", why: "names of what is in mappings" },
  { is: "rules", name: "95-dm-notify.rules", why: "end of udev's work on a mapping" },
];

function rule({ group, config, origin }: VolumesStep, target: Target): Requirement {
  const lines = [
    `# ${shortOrigin(origin).replace(/\p{Cc}/gu, " ")}: says when all physical volumes of the group ${group} are there.`,
    'SUBSYSTEM!="block", GOTO="unitrd_lvm_end"',
    'ACTION!="add|change", GOTO="unitrd_lvm_end"',
    'ENV{ID_FS_TYPE}!="LVM2_member", GOTO="unitrd_lvm_end"',
    'ENV{DM_UDEV_DISABLE_OTHER_RULES_FLAG}=="1", GOTO="unitrd_lvm_end"',
    'ENV{SYSTEMD_READY}=="0", GOTO="unitrd_lvm_end"',
    `ENV{LVM_SYSTEM_DIR}="${config}"`,
    'ENV{LVM_VG_NAME_COMPLETE}=""',
    `IMPORT{program}="${target.programPath("lvm")} pvscan --cache --listvg --checkcomplete --udevoutput $devnode"`,
    `ENV{LVM_VG_NAME_COMPLETE}=="${group}", SYMLINK+="${completeLink(group)}"`,
    'LABEL="unitrd_lvm_end"',
    "",
  ];
  return {
    is: "file",
    path: `/etc/udev/rules.d/69-unitrd-lvm-${group}.rules`,
    mode: 0o644,
    content: lines.join("\n"),
    why: `udev sees when ${group} is complete`,
  };
}
