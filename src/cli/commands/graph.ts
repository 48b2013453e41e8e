import { buildCommand } from "@stricli/core";
import type { Context } from "../context.ts";
import { declarationFiles, jsonFlag, outputFlag, sysrootFlag } from "../parameters.ts";
import type { GraphFlags } from "../run/graph.ts";

const formats = ["text", "dot", "svg", "json"] as const;

export const graphCommand = buildCommand<GraphFlags, string[], Context>({
  loader: async () => (await import("../run/graph.ts")).runGraph,
  parameters: {
    flags: {
      format: { kind: "enum", values: formats, default: "text", brief: "What to print" },
      output: { ...outputFlag, optional: true, brief: "Write it to a file instead of standard output" },
      sysroot: { ...sysrootFlag, brief: "The tree that the image would be made from; default /" },
      units: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "Show the systemd units instead of the steps that they carry out",
      },
      json: { ...jsonFlag, brief: "The same as --format json" },
    },
    aliases: { f: "format", o: "output" },
    positional: declarationFiles,
  },
  docs: {
    brief: "Draw who waits for whom in the boot",
    fullDescription: [
      "Draws the boot that a declaration describes: its steps, what each waits for, and the longest chain, which no",
      "boot can be shorter than. Nothing is built.",
      "",
      "  unitrd graph machine.toml",
      "  unitrd graph machine.toml --format svg -o boot.svg",
      "  unitrd graph machine.toml --units --format dot | dot -Tpdf > units.pdf",
    ].join("\n"),
  },
});
