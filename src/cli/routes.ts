import { buildRouteMap } from "@stricli/core";
import { bootCommand } from "./commands/boot.ts";
import { buildImageCommand } from "./commands/build.ts";
import { completionCommand } from "./commands/completion.ts";
import { diffCommand } from "./commands/diff.ts";
import { explainCommand } from "./commands/explain.ts";
import { graphCommand } from "./commands/graph.ts";
import { hostCommand } from "./commands/host.ts";
import { inspectCommand } from "./commands/inspect.ts";
import { schemaCommand } from "./commands/schema.ts";
import { secretsCommands } from "./commands/secrets.ts";
import { testCommand } from "./commands/test.ts";

/** Every command. What one does is loaded when it runs; here is only what --help and completion must know. */
export const routes = buildRouteMap({
  routes: {
    build: buildImageCommand,
    boot: bootCommand,
    diff: diffCommand,
    graph: graphCommand,
    host: hostCommand,
    inspect: inspectCommand,
    test: testCommand,
    secrets: secretsCommands,
    schema: schemaCommand,
    explain: explainCommand,
    completion: completionCommand,
  },
  docs: {
    brief: "Compiles a declaration of how a machine boots into an initrd",
    fullDescription: [
      "unitrd compiles a declaration of how a machine boots (TOML) into an initrd whose PID 1 is systemd.",
      "",
      "  unitrd build machine.toml -o initrd.img     make an initrd",
      "  unitrd COMMAND --help                       what a command does, with an example",
    ].join("\n"),
  },
});
