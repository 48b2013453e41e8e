import type { DeviceSpec } from "../../config/device-spec.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import { execLine, literal } from "../../stage-one/systemd/escape.ts";
import type { SystemdRendering } from "../../stage-one/systemd/rendering.ts";
import type { Unit } from "../../stage-one/systemd/unit.ts";
import type { DeclaredHibernation } from "./declared.ts";

const program = "/usr/lib/systemd/systemd-hibernate-resume";
const generator = "/usr/lib/systemd/system-generators/systemd-hibernate-resume-generator";

/**
 * A unit of our own for the declared device, beside systemd's generator for `resume=`: it stands back when that word
 * is on the command line, so that the word wins wholly.
 */
export function renderResume(declared: DeclaredHibernation, target: Target): Verdict<SystemdRendering> {
  if (!target.hasProgram(program) || !target.hasProgram(generator)) {
    return {
      can: false,
      because: "the sysroot has no systemd-hibernate-resume",
      hint: "its systemd was built without",
    };
  }
  // The kernel itself reads resume_offset=, so it is told the declared one, also when that is 0.
  const offset = declared.offset ?? 0;
  const tells = (target.systemd ?? 0) < takesOffset;
  const unit = resumeUnit(declared.resume, offset, tells, target);
  return {
    can: true,
    rendering: { units: [unit], done: unit.name, gates: [unit.name], takes: takesOf(tells ? offset : undefined) },
  };
}

/** The first systemd whose program takes an offset. */
const takesOffset = 254;
const offsetFile = "/etc/unitrd/resume-offset";

function resumeUnit(resume: DeviceSpec, offset: number, tells: boolean, target: Target): Unit {
  const words = [program, resume.path, ...(tells ? [] : [String(offset)])];
  return {
    name: "unitrd-resume.service",
    place: "local",
    wantedBy: ["sysinit.target"],
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", literal(`Resume from ${resume.spec}`)],
          ["Documentation", "man:systemd-hibernate-resume(8)"],
          ["DefaultDependencies", "no"],
          ["ConditionKernelCommandLine", "!noresume"],
          ["ConditionKernelCommandLine", "!resume"],
          ["ConditionPathExists", "/sys/power/resume"],
          // What no step makes is ordered by this target: mounts of root=, and checks of what the real fstab says.
          ["Wants", "local-fs-pre.target"],
          ["Before", "local-fs-pre.target"],
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          // Never again once something is mounted.
          ["RemainAfterExit", "yes"],
          ...(tells
            ? ([
                ["ExecStartPre", execLine([target.programPath("cp"), offsetFile, "/sys/power/resume_offset"])],
              ] as const)
            : []),
          ["ExecStart", execLine(words)],
        ],
      },
    ],
  };
}

function takesOf(offset: number | undefined): readonly Requirement[] {
  const why = "resuming from hibernation";
  return [
    { is: "program", name: program, why },
    { is: "program", name: generator, why: "resume= on the kernel command line" },
    { is: "unit", name: "systemd-hibernate-resume.service", optional: true, why },
    { is: "unit", name: "systemd-hibernate-resume@.service", optional: true, why },
    ...(offset === undefined
      ? []
      : ([
          { is: "program", name: "cp", why },
          { is: "file", path: offsetFile, mode: 0o644, content: `${offset}\n`, why },
        ] satisfies Requirement[])),
  ];
}
