import { buildCommand } from "@stricli/core";
import { parseDuration } from "../../config/duration.ts";
import { parseSize } from "../../config/size.ts";
import type { Context } from "../context.ts";
import { directoryOrFile, jsonFlag, outputFlag, sysrootFlag } from "../parameters.ts";
import type { BootFlags } from "../run/boot.ts";

const accelerators = ["auto", "kvm", "tcg"] as const;
const machines = ["q35", "pc", "microvm"] as const;
const endings = ["hand-over", "power-off"] as const;

export const bootCommand = buildCommand<BootFlags, string[], Context>({
  loader: async () => (await import("../run/boot.ts")).runBoot,
  parameters: {
    flags: {
      disk: {
        kind: "parsed",
        parse: directoryOrFile,
        variadic: true,
        default: [],
        placeholder: "FILE",
        brief: "A disk, raw or qcow2, which is not changed; may be given several times: vda, vdb, …",
      },
      initrd: { ...outputFlag, optional: true, brief: "Boot this image instead of building one" },
      kernel: {
        ...outputFlag,
        optional: true,
        brief: "The kernel; default: that of the declaration, in /boot of the sysroot",
      },
      sysroot: sysrootFlag,
      append: {
        kind: "parsed",
        parse: String,
        variadic: true,
        default: [],
        placeholder: "WORDS",
        brief: "Words for the kernel command line",
      },
      memory: { kind: "parsed", parse: memorySize, default: "1G", placeholder: "SIZE", brief: "Memory of the machine" },
      cpus: { kind: "parsed", parse: cpuCount, default: "1", placeholder: "N", brief: "Processors of the machine" },
      machine: { kind: "enum", values: machines, default: "q35", brief: "Kind of the machine" },
      accel: {
        kind: "enum",
        values: accelerators,
        default: "auto",
        brief: "Who runs the guest's code; auto tries whether KVM works",
      },
      limit: {
        kind: "parsed",
        parse: timeLimit,
        default: "120s",
        placeholder: "TIME",
        brief: "Stop the machine after so long; each key pressed starts the time anew",
      },
      until: {
        kind: "enum",
        values: endings,
        optional: true,
        brief: "What ends the boot; default: power-off for a person at a terminal, else hand-over",
      },
      type: {
        kind: "parsed",
        parse: typingRule,
        variadic: true,
        default: [],
        placeholder: "PROMPT=TEXT",
        brief: "When PROMPT is on the console, type TEXT and Enter; several are followed in order",
      },
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

/** MiB. */
function memorySize(text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined || bytes < 64 * 1024 ** 2) throw new Error('a size of at least 64M, such as "512M" or "2G"');
  return Math.floor(bytes / 1024 ** 2);
}

function cpuCount(text: string): number {
  const count = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : NaN;
  if (!(count <= 255)) throw new Error("a number from 1 to 255");
  return count;
}

/** Seconds. */
function timeLimit(text: string): number {
  const seconds = /^\d+$/.test(text) ? Number(text) : parseDuration(text);
  if (seconds === undefined || !(seconds > 0) || seconds > 24 * 3600) {
    throw new Error('a time of at most a day, such as "90s" or "5min"');
  }
  return seconds;
}

function typingRule(text: string): { readonly when: string; readonly type: string } {
  const at = text.indexOf("=");
  if (at < 1) throw new Error("PROMPT=TEXT, such as 'for disk=secret'");
  return { when: text.slice(0, at), type: `${text.slice(at + 1)}\n` };
}
