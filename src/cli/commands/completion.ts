import { buildCommand } from "@stricli/core";
import { shells, type Shell } from "../completion-scripts.ts";
import type { Context } from "../context.ts";

export const completionCommand = buildCommand<object, [Shell], Context>({
  loader: async () => (await import("../run/completion.ts")).runCompletion,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: shellNamed,
          placeholder: "shell",
          brief: shells.join(", "),
          proposeCompletions: (partial) => shells.filter((shell) => shell.startsWith(partial)),
        },
      ],
    },
  },
  docs: {
    brief: "Print what a shell needs to complete commands and options",
    fullDescription: [
      "Prints a script that teaches a shell to complete the commands, options and values of unitrd.",
      "",
      "  unitrd completion bash > ~/.local/share/bash-completion/completions/unitrd",
      "  unitrd completion zsh > ~/.zfunc/_unitrd",
      "  unitrd completion fish > ~/.config/fish/completions/unitrd.fish",
    ].join("\n"),
  },
});

function shellNamed(name: string): Shell {
  const shell = shells.find((one) => one === name);
  if (shell === undefined) throw new Error(`one of ${shells.join(", ")}`);
  return shell;
}
