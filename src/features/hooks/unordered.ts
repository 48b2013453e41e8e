import type { BootStep } from "../../stage-one/backends.ts";
import type { Input } from "../feature.ts";
import { readHook } from "./hook-file.ts";
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
  const takes = files.flatMap(({ file, interpreters }) => [
    file,
    ...interpreters.map((program) => ({ is: "program", name: program, why: file.why }) as const),
  ]);
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
        systemd: () => ({
          can: false,
          because: `its units know no point called ${point}, as they run side by side`,
          hint: orderedForm(scripts[0] ?? "", ordered),
        }),
        scripted: () => ({
          can: true,
          rendering: point === "on-failure" ? { parts: [], takes } : { parts: [], call: ["run_hooks", point], takes },
        }),
      },
    },
  ];
}

function orderedForm(script: string, ordered: string | undefined): string {
  if (ordered === undefined) return "for the systemd stage one declare a unit that emergency.target wants: units.NAME";
  const name = fileName(script)
    .replace(/\.[a-z]+$/, "")
    .replace(/[^A-Za-z0-9_-]/g, "-");
  return `name its place in the plan: [hooks.${name}] source = ${JSON.stringify(script)}, ${ordered} (or other steps that \`unitrd graph\` shows)`;
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
