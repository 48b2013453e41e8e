import { buildCommand } from "@stricli/core";
import type { Context } from "../context.ts";
import { directoryOrFile, jsonFlag, outputFlag, sysrootFlag } from "../parameters.ts";
import type { DiffFlags } from "../diff-asked.ts";
import { machineFlags } from "../machine-flags.ts";

const formats = ["text", "json", "html"] as const;

export const diffCommand = buildCommand<DiffFlags, [string, string | undefined], Context>({
  loader: async () => (await import("../run/diff.ts")).runDiff,
  parameters: {
    flags: {
      format: {
        kind: "enum",
        values: formats,
        default: "text",
        brief: "What to print; html is one page with all in it",
      },
      output: { ...outputFlag, optional: true, brief: "Write it to a file instead of standard output" },
      sysroot: { ...sysrootFlag, brief: "The tree that images would be made from; default /" },
      boot: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "Boot both stage ones in QEMU with the same disks, and compare what was measured",
      },
      ...machineFlags,
      exitCode: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief:
          "Exit with 1 when there is a difference, with --boot in what the real system finds, and with 3 when something is wrong",
      },
      json: { ...jsonFlag, brief: "The same as --format json" },
    },
    aliases: { f: "format", o: "output" },
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: directoryOrFile,
          placeholder: "before",
          brief: "A declaration (.toml) or an image; with --boot also the folder of a scenario, or FOLDER/VARIANT",
        },
        { parse: directoryOrFile, placeholder: "after", optional: true, brief: "Another one" },
      ],
    },
  },
  docs: {
    brief: "Compare the two stage ones of a declaration, two declarations, or two images",
    fullDescription: [
      "With one declaration: what the systemd stage one and the scripted one make of the same plan, step by step. With",
      "two: what the change does to the boot and to the image. Images may be of any tool. Nothing is written, and what",
      "not everybody may read is never shown.",
      "",
      "  unitrd diff machine.toml                   scripted against systemd",
      "  unitrd diff old.toml new.toml              what a change of declaration changes",
      "  unitrd diff old.img new.img                two images",
      "  unitrd diff installed.img machine.toml     what a rebuild would change",
      "  unitrd diff machine.toml --format html -o stage-ones.html",
      "  unitrd diff machine.toml --boot --disk root.img",
      "  unitrd diff qemu-tests/luks --boot         with the disks of a scenario, and what it types",
      "",
      "--boot measures how long each step took, how long the initrd, and how much memory; and asserts that the real",
      "system finds the same mounts, mappings, module parameters and command line after either.",
      "",
      "Exit status: 0; 1 for a fault, 2 for a wrong command line. With --exit-code: 0 no difference, 1 differences,",
      "3 for a fault.",
    ].join("\n"),
  },
});
