import { buildCommand } from "@stricli/core";
import type { Context } from "../context.ts";
import { machineFlags } from "../machine-flags.ts";
import { directoryOrFile, jsonFlag, outputFlag, sysrootFlag } from "../parameters.ts";
import type { BootFlags } from "../run/boot.ts";

const accelerators = ["auto", "kvm", "tcg"] as const;
const machines = ["q35", "pc", "microvm"] as const;
const endings = ["hand-over", "power-off"] as const;

export const bootCommand = buildCommand<BootFlags, string[], Context>({
  loader: async () => (await import("../run/boot.ts")).runBoot,
  parameters: {
    flags: {
      disk: machineFlags.disk,
      initrd: { ...outputFlag, optional: true, brief: "Boot this image instead of building one" },
      kernel: machineFlags.kernel,
      sysroot: sysrootFlag,
      append: machineFlags.append,
      memory: machineFlags.memory,
      cpus: { kind: "parsed", parse: cpuCount, default: "1", placeholder: "N", brief: "Processors of the machine" },
      machine: { kind: "enum", values: machines, default: "q35", brief: "Kind of the machine" },
      accel: {
        kind: "enum",
        values: accelerators,
        default: "auto",
        brief: "Who runs the guest's code; auto tries whether KVM works",
      },
      limit: machineFlags.limit,
      until: {
        kind: "enum",
        values: endings,
        optional: true,
        brief: "What ends the boot; default: power-off for a person at a terminal, else hand-over",
      },
      type: machineFlags.type,
      json: jsonFlag,
      timeline: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "Show when each unit ran, not only the time line in one line",
      },
    },
    positional: {
      kind: "array",
      parameter: { parse: directoryOrFile, placeholder: "machine.toml", brief: "Files of the declaration" },
    },
  },
  docs: {
    brief: "Boot a declaration or an image in QEMU",
    fullDescription: [
      "Builds the initrd of a declaration and boots it in QEMU, or boots an image that exists. The console is on the",
      "terminal; Ctrl-] leaves it. What the boot reports rides in an archive behind the image, whose bytes are those",
      "that `unitrd build` makes.",
      "",
      "  unitrd boot machine.toml --disk root.img",
      "  unitrd boot --initrd initrd.img --kernel vmlinuz --disk root.img --append root=LABEL=root",
      "  unitrd boot machine.toml --disk crypt.img --type 'for disk=secret'",
      "",
      "Exit status: 0 hand-over, 10 emergency mode, 11 time-out, 12 kernel panic, 13 QEMU died, 14 powered off before",
      "the hand-over, 130 interrupted; 1 when it could not be built or started, 2 for a wrong command line.",
    ].join("\n"),
  },
});

function cpuCount(text: string): number {
  const count = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : NaN;
  if (!(count <= 255)) throw new Error("a number from 1 to 255");
  return count;
}
