import { run } from "@stricli/core";
import { findings } from "../diagnostics/diagnostic.ts";
import { application } from "./application.ts";
import { complete } from "./complete.ts";
import { exits, type Context, type Screen } from "./context.ts";
import { showDiagnostics, showJson } from "./show.ts";

/** Runs `unitrd` with these arguments and returns its exit status. Prints, but never ends the process. */
export async function runCommandLine(args: readonly string[], given: Omit<Context, "end">): Promise<number> {
  const ending = { status: 0, hasPrinted: false };
  const output: Screen = {
    ...given.output,
    write(text) {
      ending.hasPrinted = true;
      given.output.write(text);
    },
  };
  const context: Context = {
    ...given,
    output,
    end: (status) => (ending.status = status),
    process: { stdout: helpStream(output), stderr: silence },
  };
  const complaints = findings();
  const app = application(complaints.report);
  if (args[0] === "__complete") {
    output.write(await complete(app, args.slice(1), context));
    return 0;
  }
  await run(app, args, context);
  if (complaints.all.length === 0) return ending.status;
  if (asksForJson(args) && !ending.hasPrinted) showJson(context, complaints.all, {});
  else showDiagnostics(context, complaints.all);
  return complaints.all.every(({ code }) => code === "U700") ? exits.usage : exits.bug;
}

/** Whatever the parser of arguments would print has been reported. */
const silence = { write: () => undefined };

function helpStream(screen: Screen) {
  return { write: (text: string) => screen.write(text), getColorDepth: () => (screen.colour ? 8 : 1) };
}

function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end === -1 ? undefined : end).includes("--json");
}
