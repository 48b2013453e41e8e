import type { Requirement } from "../../plan/requirement.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import { execLine } from "../../stage-one/systemd/escape.ts";
import type { SystemdRendering } from "../../stage-one/systemd/rendering.ts";
import type { Assignment, Unit } from "../../stage-one/systemd/unit.ts";
import type { SetupFiles } from "./setup-files.ts";
import { kbdPrograms } from "./kbd-programs.ts";

/**
 * Keymap and font by kbd's own programs: Debian builds systemd without systemd-vconsole-setup, other distributions have
 * kbd too.
 */
export function renderSetup(files: SetupFiles, target: Target): Verdict<SystemdRendering> {
  const { wanted, missing } = kbdPrograms(files, target);
  if (missing !== undefined) return missing;
  const unit: Unit = {
    name: "unitrd-console.service",
    place: "local",
    wantedBy: ["sysinit.target"],
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", "Keymap and font of the console"],
          ["DefaultDependencies", "no"],
          ["ConditionPathExists", "/dev/tty0"],
          ["Before", "cryptsetup-pre.target systemd-ask-password-console.service"],
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          ["RemainAfterExit", "yes"],
          ...(files.keymap === undefined
            ? []
            : ([
                ["ExecStart", execLine([target.programPath("loadkeys"), "-q", "-u", files.keymap])],
              ] satisfies Assignment[])),
          ...(files.font === undefined
            ? []
            : ([
                ["ExecStart", execLine([target.programPath("setfont"), "-C", "/dev/tty0", files.font])],
              ] satisfies Assignment[])),
        ],
      },
    ],
  };
  return {
    can: true,
    rendering: {
      units: [unit],
      done: unit.name,
      gates: [unit.name],
      takes: wanted.map((name): Requirement => ({ is: "program", name, why: "keymap and font" })),
    },
  };
}

/** An agent for each declared terminal in place of the one that follows the kernel's consoles. */
export function renderAgent(devices: readonly string[], target: Target): Verdict<SystemdRendering> {
  const units = devices.map((device): Unit => agentUnit(device, target));
  return {
    can: true,
    rendering: {
      units,
      done: units[0]?.name ?? "sysinit.target",
      gates: units.map((unit) => unit.name),
      takes: [
        { is: "program", name: "systemd-tty-ask-password-agent", why: "prompts" },
        { is: "no-unit", name: "systemd-ask-password-console.path", why: "console.devices names the terminals" },
        { is: "no-unit", name: "systemd-ask-password-console.service", why: "console.devices names the terminals" },
      ],
    },
  };
}

function agentUnit(device: string, target: Target): Unit {
  return {
    name: `unitrd-ask-password-${device}.service`,
    place: "local",
    wantedBy: ["sysinit.target"],
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", `Pass phrase prompts on ${device}`],
          ["DefaultDependencies", "no"],
          ["Conflicts", "emergency.service shutdown.target initrd-switch-root.target"],
          ["Before", "emergency.service shutdown.target initrd-switch-root.target"],
        ],
      },
      {
        name: "Service",
        assignments: [
          [
            "ExecStart",
            execLine([target.programPath("systemd-tty-ask-password-agent"), "--watch", `--console=/dev/${device}`]),
          ],
          ["Restart", "on-failure"],
          ["RestartSec", "1s"],
        ],
      },
    ],
  };
}
