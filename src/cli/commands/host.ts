import { buildCommand } from "@stricli/core";
import type { Context } from "../context.ts";
import { directoryOrFile, jsonFlag, outputFlag } from "../parameters.ts";
import type { HostFlags } from "../run/host.ts";

export const hostCommand = buildCommand<HostFlags, [], Context>({
  loader: async () => (await import("../run/host.ts")).runHost,
  parameters: {
    flags: {
      output: { ...outputFlag, optional: true, brief: "Write it to a file instead of standard output" },
      sys: {
        kind: "parsed",
        parse: directoryOrFile,
        optional: true,
        placeholder: "DIR",
        brief: "Another machine's /sys, or a copy of one; default /sys",
      },
      list: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "A line for each device, for people",
      },
      json: { ...jsonFlag, brief: "Print one JSON document with the report as `host`, also when something is wrong" },
    },
    aliases: { o: "output" },
  },
  docs: {
    brief: "Report which drivers this machine needs",
    fullDescription: [
      "Reads /sys, as any user, and prints what a build for this machine has to know: disks, keyboards, USB, screens and",
      "network cards with all that they sit on, and the processor. Nothing in it names the machine or its owner.",
      "",
      "  unitrd host > host.json          on the machine that the image is for",
      '  drivers = "host"                 in the declaration, below [image]',
      '  host = "host.json"               the report; without it the machine that builds is meant',
    ].join("\n"),
  },
});
