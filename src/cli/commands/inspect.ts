import { buildCommand } from "@stricli/core";
import type { Context } from "../context.ts";
import { directoryOrFile, jsonFlag } from "../parameters.ts";
import type { InspectFlags } from "../run/inspect.ts";

export const inspectCommand = buildCommand<InspectFlags, [string, string | undefined], Context>({
  loader: async () => (await import("../run/inspect.ts")).runInspect,
  parameters: {
    flags: {
      extract: {
        kind: "parsed",
        parse: directoryOrFile,
        optional: true,
        placeholder: "DIR",
        brief: "Write the files to a directory that is new or empty",
      },
      summary: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "What it is made of: segments, counts, the largest files",
      },
      json: jsonFlag,
    },
    positional: {
      kind: "tuple",
      parameters: [
        { parse: directoryOrFile, placeholder: "image", brief: "An initrd, ours or another tool's" },
        {
          parse: directoryOrFile,
          placeholder: "path",
          optional: true,
          brief: "A file in it to print, or a directory to list",
        },
      ],
    },
  },
  docs: {
    brief: "List, print or extract what is in an initrd",
    fullDescription: [
      "Reads any initrd as the kernel would: archives one after the other, each compressed with gzip, zstd, xz, lz4,",
      "bzip2, lzma or not at all. Without PATH everything is listed; the bytes of a file are printed as they are.",
      "",
      "  unitrd inspect initrd.img --summary",
      "  unitrd inspect initrd.img /etc/initrd-release",
      "  unitrd inspect initrd.img /etc/systemd --extract units",
    ].join("\n"),
  },
});
