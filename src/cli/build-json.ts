import type { BuildResult } from "../build/build.ts";
import type { Compiled } from "../compile/compile.ts";
import { formatPath } from "../config/path.ts";

/** What `unitrd build --json` says besides the findings. */
export function buildJson({ compiled, image }: Pick<BuildResult, "compiled" | "image">): object {
  return {
    ...(compiled === undefined
      ? {}
      : {
          stageOne: stageJson(compiled),
          kernel: compiled.kernel.version,
          modules: {
            included: compiled.modules.modules.map(({ name }) => name),
            builtIn: compiled.modules.builtin.map(({ name }) => name),
          },
          firmware: {
            included: compiled.firmware.entries.map(({ path }) => path),
            missing: compiled.firmware.missing,
          },
          files: compiled.manifest.entries.filter(({ type }) => type !== "directory").length,
          steps: compiled.plan.steps.map(({ id, title, origin, onFailure, facts }) => {
            return { id, title, origin, onFailure, facts };
          }),
          edges: compiled.plan.edges,
          replaced: compiled.declaration.declared.replaced.map((replacement) => {
            return { ...replacement, path: formatPath(replacement.path) };
          }),
        }),
    ...(image === undefined ? {} : { image: { ...image, mode: image.mode.toString(8).padStart(4, "0") } }),
  };
}

function stageJson({ stage, target }: Compiled): object {
  return {
    kind: stage.kind,
    ...(stage.kind === "systemd" ? { version: target.systemd, units: stage.units.map(unitJson) } : {}),
    ...(stage.kind === "scripted" ? { calls: stage.calls } : {}),
    fallback: stage.fallback.map(({ step, because }) => ({ step: step.id, because })),
  };
}

function unitJson({ unit, step }: { readonly unit: { readonly name: string }; readonly step?: string }): object {
  return step === undefined ? { name: unit.name } : { name: unit.name, step };
}
