import type { Requirement } from "../../plan/requirement.ts";
import type { Verdict } from "../../plan/step.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { execLine } from "../../stage-one/systemd/escape.ts";
import type { SystemdRendering } from "../../stage-one/systemd/rendering.ts";
import type { Assignment, Unit } from "../../stage-one/systemd/unit.ts";
import type { Input } from "../feature.ts";
import { readHook, type HookFile } from "./hook-file.ts";
import { points, type PointName } from "./points.ts";

/** The scripts of one point, one after the other. */
export function pointStep(point: PointName, scripts: readonly string[], input: Input): readonly BootStep[] {
  const origin = input.originOf(point);
  const { before = [], after = [], ordered } = points[point];
  const files = scripts.flatMap((script, index) => {
    const path = `/etc/unitrd/hooks/${point}/${String(index + 1).padStart(2, "0")}-${fileName(script)}`;
    return readHook(script, path, input.originOf(point, index), input) ?? [];
  });
  if (files.length === 0) return [];
  const takes = hookTakes(files);
  return [
    {
      id: `hooks:${point}`,
      title: `run ${scripts.join(", ")}`,
      origin,
      needs: [],
      provides: [],
      before: before.map((place) => ({ ...place, origin })),
      after: after.map((place) => ({ ...place, origin })),
      takes: [],
      overrides: [],
      onFailure: "stop",
      facts: { scripts: scripts.join(",") },
      render: {
        systemd: () =>
          ordered === undefined
            ? failureRendering(files)
            : {
                can: false,
                because: `its units know no point called ${point}, as they run side by side`,
                hint: orderedForm(scripts[0] ?? "", ordered),
              },
        scripted: () => ({
          can: true,
          rendering: point === "on-failure" ? { parts: [], takes } : { parts: [], call: ["run_hooks", point], takes },
        }),
      },
    },
  ];
}

/** Scripts of a boot that has failed: a unit before the one that opens the shell or reboots. */
function failureRendering(files: readonly HookFile[]): Verdict<SystemdRendering> {
  const unit: Unit = {
    name: "unitrd-hooks-on-failure.service",
    place: "local",
    wantedBy: ["emergency.target"],
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", "Hooks of a boot that has failed"],
          ["DefaultDependencies", "no"],
          ["Before", "emergency.service shutdown.target"],
          ["Conflicts", "shutdown.target"],
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          ["TimeoutSec", "infinity"],
          ["Environment", '"UNITRD_STEP=on-failure" "UNITRD_ROOT=/sysroot" "UNITRD_FAILURE=the boot has failed"'],
          ["StandardOutput", "journal+console"],
          ...files.map(({ file }): Assignment => ["ExecStart", execLine([file.path])]),
        ],
      },
    ],
  };
  const shell: Requirement = { is: "program", name: "sh", why: "the interpreter of hooks.on-failure" };
  const takes = files.some(({ wantsShell }) => wantsShell) ? [...hookTakes(files), shell] : hookTakes(files);
  return { can: true, rendering: { units: [unit], done: unit.name, gates: [], takes } };
}

function hookTakes(files: readonly HookFile[]): readonly Requirement[] {
  return files.flatMap(({ file, interpreters }) => [
    file,
    ...interpreters.map((program) => ({ is: "program", name: program, why: file.why }) as const),
  ]);
}

function orderedForm(script: string, ordered: string): string {
  const name = fileName(script)
    .replace(/\.[a-z]+$/, "")
    .replace(/[^A-Za-z0-9_-]/g, "-");
  return `name its place in the plan: [hooks.${name}] source = ${JSON.stringify(script)}, ${ordered} (or other steps that \`unitrd graph\` shows)`;
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
