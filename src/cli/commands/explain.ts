import { buildCommand } from "@stricli/core";
import type { Context } from "../context.ts";

export const explainCommand = buildCommand<object, [string], Context>({
  loader: async () => (await import("../run/explain.ts")).runExplain,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: String,
          placeholder: "code",
          brief: "The code of a finding, such as U140",
          proposeCompletions: async (partial) => {
            const { codes } = await import("../../diagnostics/codes.ts");
            return Object.keys(codes).filter((code) => code.startsWith(partial));
          },
        },
      ],
    },
  },
  docs: {
    brief: "Explain the code of a finding",
    fullDescription: [
      "Every finding has a code. This prints what it means and what to do about it.",
      "",
      "  unitrd explain U140",
    ].join("\n"),
  },
});
