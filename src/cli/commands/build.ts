import { buildCommand } from "@stricli/core";
import type { Context } from "../context.ts";
import { declarationFiles, jsonFlag, outputFlag, sysrootFlag } from "../parameters.ts";
import type { BuildFlags } from "../run/build.ts";

export const buildImageCommand = buildCommand<BuildFlags, string[], Context>({
  loader: async () => (await import("../run/build.ts")).runBuild,
  parameters: {
    flags: {
      output: { ...outputFlag, brief: "Where the initrd goes; it is replaced in one step, or not at all" },
      sysroot: sysrootFlag,
      cache: {
        kind: "boolean",
        default: true,
        brief: "Keep compressed layers for the next build; --no-cache packs all of them anew",
      },
      json: jsonFlag,
      quiet: { kind: "boolean", default: false, brief: "Print findings only", withNegated: false },
    },
    aliases: { o: "output", q: "quiet" },
    positional: declarationFiles,
  },
  docs: {
    brief: "Compile a declaration into an initrd",
    fullDescription: [
      "Compiles a declaration into an initrd and says what went in. Of several files a later one adds to those before",
      "it and changes what they say. Nothing of the sysroot is run, and no privileges are needed.",
      "",
      "  unitrd build machine.toml -o initrd.img",
      "  unitrd build base.toml laptop.toml -o initrd.img --sysroot /srv/trixie",
      "",
      "Exit status: 0, 1 when the declaration, the sysroot or the output has a fault, 2 for a wrong command line.",
    ].join("\n"),
  },
});
