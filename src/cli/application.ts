import { buildApplication, help, version, type Application } from "@stricli/core";
import type { Report } from "../diagnostics/diagnostic.ts";
import { exits, type Context } from "./context.ts";
import { routes } from "./routes.ts";
import { spokenText } from "./spoken-text.ts";

/** The command line as a whole: its commands, and what is the same for all of them. Reports U700 and U749. */
export function application(report: Report): Application<Context> {
  return buildApplication(
    routes,
    {
      name: "unitrd",
      scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
      localization: { text: spokenText(report) },
      determineExitCode: () => exits.bug,
    },
    {
      help: help({
        brief: "Print this help",
        complete: true,
        defaultForRouteMap: true,
        formatting: { caseStyle: "convert-camel-to-kebab", onlyRequiredInUsageLine: true, useAliasInUsageLine: true },
      }),
      version: version({ brief: "Print the version", alias: "V", info: { currentVersion: UNITRD_VERSION } }),
    },
  );
}
