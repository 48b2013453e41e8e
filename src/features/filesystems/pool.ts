import type { StepId } from "../../plan/step.ts";
import { shortOrigin } from "../../diagnostics/diagnostic.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { secondsWord } from "../../stage-one/scripted/rendering.ts";
import { resumeDecided } from "../../steps/resume-decided.ts";
import type { Input } from "../feature.ts";
import type { DeclaredFilesystem } from "./declared.ts";

/** The step that imports the pool of a dataset: `zpool:rpool`. */
export function poolStep(dataset: string): StepId {
  return `zpool:${poolOf(dataset)}`;
}

function poolOf(dataset: string): string {
  return dataset.split("/")[0] ?? dataset;
}

/** One step for each pool of ZFS that a declared file system lies in. */
export function importSteps(all: Readonly<Record<string, DeclaredFilesystem>>, input: Input): readonly BootStep[] {
  const pools = new Map<string, { path: string; declared: DeclaredFilesystem }>();
  for (const [path, declared] of Object.entries(all)) {
    if (declared.dataset === undefined || pools.has(poolOf(declared.dataset))) continue;
    pools.set(poolOf(declared.dataset), { path, declared });
  }
  return [...pools].map(([pool, { path, declared }]) => importStep(pool, path, declared, input));
}

function importStep(pool: string, path: string, declared: DeclaredFilesystem, input: Input): BootStep {
  const origin = input.originOf(path, "dataset");
  return {
    id: `zpool:${pool}`,
    title: `import the pool ${pool}`,
    origin,
    needs: [resumeDecided(origin)],
    // Which devices a pool lies on only they know.
    after: [{ is: "every", makes: "device", origin }],
    provides: [],
    takes: [{ is: "module", name: "zfs", why: "file system zfs" }],
    overrides: [],
    onFailure: declared.nofail ? "go-on" : "stop",
    facts: { pool },
    render: {
      systemd: () => ({
        can: false,
        because: "systemd has no import of ZFS pools",
        hint: 'stage-one.kind = "scripted" builds the script without this warning',
      }),
      scripted: () => ({
        can: true,
        rendering: {
          parts: ["zfs"],
          call: ["import_pool", pool, secondsWord(declared["device-timeout"]), shortOrigin(origin)],
          takes: [{ is: "program", name: "zpool", why: "import of pools" }],
        },
      }),
    },
  };
}
