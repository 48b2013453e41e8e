import type { Requirement } from "../plan/requirement.ts";
import type { Target } from "../plan/step.ts";
import { execLine } from "./systemd/escape.ts";
import { unitDirectory, unitText, type Unit } from "./systemd/unit.ts";

/**
 * The way back into what the initrd knew: at power-off the real system's systemd-shutdown(8) goes to /run/initramfs, if
 * there is a program `shutdown`, and leaves to it what lies below the root: to unmount it, and to close what it was on.
 * That program is systemd-shutdown again, which in an initrd goes nowhere else.
 */
export const wayBackStep = "shutdown:prepare";

/** The list of what is copied there, by systemd-tmpfiles or by the script, which reads only these lines. */
const wayBackList = "/etc/unitrd/way-back.conf";

const below = "/run/initramfs";
const shutdown = "/usr/lib/systemd/systemd-shutdown";
const unitName = "unitrd-way-back.service";

/** Without it the real system has nobody who would come back. */
export function hasWayBack(target: Target): boolean {
  return target.hasProgram(shutdown);
}

export function wayBackUnit(target: Target): Unit {
  return {
    name: unitName,
    place: "local",
    wantedBy: ["initrd.target"],
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", "What closes the storage at power-off"],
          ["X-Unitrd-Step", wayBackStep],
          ["DefaultDependencies", "no"],
          ["IgnoreOnIsolate", "yes"],
          ["Before", "initrd-switch-root.target shutdown.target"],
          ["Conflicts", "shutdown.target"],
          ["ConditionPathExists", wayBackList],
          // /run takes a fifth of the memory, and much else needs it.
          ["ConditionMemory", ">=192M"],
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          ["RemainAfterExit", "yes"],
          ["ExecStart", execLine([target.programPath("systemd-tmpfiles"), "--create", wayBackList])],
        ],
      },
    ],
  };
}

/** What the image needs for it; `unit` for the systemd stage one. */
export function wayBackTakes(unit: Unit | undefined): readonly Requirement[] {
  const path = `${unitDirectory.local}/${unitName}`;
  return [
    { is: "program", name: shutdown, why: "closing of storage at power-off" },
    { is: "copy-list", path: wayBackList, program: shutdown, below, as: "/shutdown", why: "what closes storage" },
    ...(unit === undefined
      ? []
      : ([
          { is: "program", name: "systemd-tmpfiles", why: "copying of what closes storage" },
          {
            is: "file",
            path,
            mode: 0o644,
            content: unitText(unit, ["Written by unitrd."]),
            why: `unit ${unitName}`,
          },
          {
            is: "symlink",
            path: `${unitDirectory.local}/initrd.target.wants/${unitName}`,
            target: path,
            why: `initrd.target pulls in ${unitName}`,
          },
        ] satisfies Requirement[])),
  ];
}
