import { shortOrigin } from "../../diagnostics/diagnostic.ts";
import type { Need } from "../../plan/resource.ts";
import type { StepId } from "../../plan/step.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { execLine } from "../../stage-one/systemd/escape.ts";
import type { Unit } from "../../stage-one/systemd/unit.ts";
import type { Input } from "../feature.ts";
import { filesystem, type DeclaredFilesystem } from "./declared.ts";
import { isBelowRun } from "./place.ts";

type Filesystems = Readonly<Record<string, DeclaredFilesystem>>;

export const volatileStepId: StepId = "volatile:/";

/** The declared file systems, and the one of `/var` that `volatile = "state"` stands for. */
export function withState(all: Filesystems): Filesystems {
  const root = all["/"];
  if (root?.volatile !== "state" || all["/var"] !== undefined) return all;
  return { ...all, "/var": filesystem.parse({ type: "tmpfs", options: ["mode=0755"] }) };
}

/** Whether a mount comes after the root has become volatile: all below it, but the `/usr` that alone is kept. */
export function comesAfterVolatile(path: string, all: Filesystems): boolean {
  const mode = all["/"]?.volatile;
  if (mode === undefined || mode === "state" || path === "/" || isBelowRun(path)) return false;
  return mode === "overlay" || !(path === "/usr" || path.startsWith("/usr/"));
}

/** The step that makes the root volatile; none for what a mount says as well. */
export function volatileSteps(all: Filesystems, input: Input): readonly BootStep[] {
  const mode = all["/"]?.volatile;
  if (mode === undefined || mode === "state") return [];
  const origin = input.originOf("/", "volatile");
  const before = ["/", ...(mode === "yes" ? Object.keys(all).filter((path) => /^\/usr($|\/)/.test(path)) : [])];
  return [
    {
      id: volatileStepId,
      title: mode === "yes" ? "keep only /usr of the root" : "keep what is written to the root in memory",
      origin,
      needs: before.map((path): Need => ({
        is: "one",
        of: { is: "mount", path },
        from: "step",
        strength: "requires",
        origin,
      })),
      provides: [],
      takes: mode === "overlay" ? [{ is: "module", name: "overlay", why: "a volatile root" }] : [],
      overrides: [{ word: "systemd.volatile", effect: "replaces" }],
      onFailure: "stop",
      facts: { mode },
      render: {
        systemd: (target) =>
          target.hasProgram(program)
            ? {
                can: true,
                rendering: {
                  units: [volatileUnit(mode)],
                  done: name,
                  gates: [name],
                  takes: [{ is: "program", name: program, why: "a volatile root" }],
                },
              }
            : { can: false, because: `the sysroot has no ${program}` },
        scripted: () => ({
          can: true,
          rendering: { parts: ["volatile"], call: ["volatile_root", mode, shortOrigin(origin)], takes: [] },
        }),
      },
    },
  ];
}

const name = "systemd-volatile-root.service";
const program = "/usr/lib/systemd/systemd-volatile-root";

/** systemd's own but for the mode, which counts where the kernel command line says nothing, and the order of mounts. */
function volatileUnit(mode: "yes" | "overlay"): Unit {
  return {
    name,
    place: "vendor",
    requiredBy: ["initrd-root-fs.target"],
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", "Enforce Volatile Root File Systems"],
          ["DefaultDependencies", "no"],
          ["Conflicts", "shutdown.target"],
          ["Before", "initrd-root-fs.target shutdown.target"],
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          ["RemainAfterExit", "yes"],
          ["ExecStart", execLine([program, mode, "/sysroot"])],
        ],
      },
    ],
  };
}
