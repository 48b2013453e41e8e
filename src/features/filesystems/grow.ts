import type { Target, Verdict } from "../../plan/step.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import type { ScriptedRendering } from "../../stage-one/scripted/rendering.ts";
import { escapePath, execLine, literal, mountUnit } from "../../stage-one/systemd/escape.ts";
import type { SystemdRendering } from "../../stage-one/systemd/rendering.ts";
import type { Unit } from "../../stage-one/systemd/unit.ts";
import type { Input } from "../feature.ts";
import type { DeclaredFilesystem } from "./declared.ts";
import { placeInInitrd } from "./place.ts";

/** File systems that the kernel grows while they are mounted. */
export const growing: readonly string[] = ["ext4", "xfs", "btrfs"];

const program = "/usr/lib/systemd/systemd-growfs";

/** A file system grown to the size of what it lies on, once it is mounted; done again at each boot, mostly for nothing. */
export function growStep(path: string, declared: DeclaredFilesystem, input: Input): readonly BootStep[] {
  if (!declared.grow) return [];
  const origin = input.originOf(path, "grow");
  const where = placeInInitrd(path);
  return [
    {
      id: `grow:${path}`,
      title: `grow the ${declared.type} at ${path}`,
      origin,
      needs: [{ is: "one", of: { is: "mount", path }, from: "step", strength: "requires", origin }],
      provides: [],
      takes: [],
      overrides: [],
      onFailure: "go-on",
      facts: { path, type: declared.type },
      render: {
        systemd: (target) => renderGrow(where, target),
        scripted: (target) => scriptGrow(where, target),
      },
    },
  ];
}

const why = "growing of file systems";
const missing = {
  can: false,
  because: "the sysroot has no systemd-growfs, which tells the kernel to grow a file system",
  hint: "it is a part of systemd",
} as const;

function renderGrow(where: string, target: Target): Verdict<SystemdRendering> {
  if (!target.hasProgram(program)) return missing;
  const unit = growUnit(where);
  const takes = [{ is: "program", name: program, why }] as const;
  return { can: true, rendering: { units: [unit], done: unit.name, gates: [unit.name], takes } };
}

function growUnit(where: string): Unit {
  return {
    name: `unitrd-grow-${escapePath(where)}.service`,
    place: "local",
    wantedBy: ["initrd-fs.target"],
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", literal(`Grow the file system at ${where}`)],
          ["DefaultDependencies", "no"],
          ["IgnoreOnIsolate", "yes"],
          ["BindsTo", mountUnit(where)],
          ["Conflicts", "shutdown.target"],
          ["Before", "initrd-fs.target shutdown.target"],
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          ["RemainAfterExit", "yes"],
          ["TimeoutSec", "infinity"],
          ["ExecStart", execLine([program, where])],
        ],
      },
    ],
  };
}

function scriptGrow(where: string, target: Target): Verdict<ScriptedRendering> {
  if (!target.hasProgram(program)) return missing;
  return {
    can: true,
    rendering: { parts: [], call: [program, where], takes: [{ is: "program", name: program, why }] },
  };
}
