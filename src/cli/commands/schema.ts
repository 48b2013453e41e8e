import { buildCommand } from "@stricli/core";
import type { Context } from "../context.ts";
import { outputFlag } from "../parameters.ts";
import type { SchemaFlags } from "../run/schema.ts";

export const schemaCommand = buildCommand<SchemaFlags, [], Context>({
  loader: async () => (await import("../run/schema.ts")).runSchema,
  parameters: {
    flags: { output: { ...outputFlag, optional: true, brief: "Write it to a file instead of standard output" } },
    aliases: { o: "output" },
  },
  docs: {
    brief: "Print the JSON Schema of the declaration, for editors",
    fullDescription: [
      "Prints the JSON Schema of the declaration. Editors with a TOML language server (taplo) complete keys and mark",
      "mistakes with it; name it in the first line of the declaration:",
      "",
      "  unitrd schema -o unitrd.schema.json",
      "  #:schema ./unitrd.schema.json",
    ].join("\n"),
  },
});
