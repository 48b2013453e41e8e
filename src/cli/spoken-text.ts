import {
  ArgumentScannerError,
  formatMessageForArgumentScannerError,
  text_en,
  type ApplicationText,
} from "@stricli/core";
import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";

/** What the parser of arguments says: help in our words, and complaints as diagnostics. */
export function spokenText(report: Report): ApplicationText {
  const told = (diagnostic: Diagnostic): string => {
    report(diagnostic);
    return "";
  };
  const crashed = (error: unknown) => told(bug(error));
  return {
    ...text_en,
    headers: {
      usage: "USAGE",
      aliases: "ALSO CALLED",
      commands: "COMMANDS",
      flags: "OPTIONS",
      arguments: "ARGUMENTS",
    },
    briefs: {
      ...text_en.briefs,
      argumentEscapeSequence: "What follows are arguments, even if it begins with a dash",
    },
    noCommandRegisteredForInput: ({ input, corrections }) =>
      told(
        usage(`there is no command ${quoted(input)}`, didYouMean(corrections) ?? "unitrd --help lists the commands"),
      ),
    exceptionWhileParsingArguments: (error) => told(argumentFault(error)),
    exceptionWhileLoadingCommandFunction: crashed,
    exceptionWhileLoadingCommandContext: crashed,
    exceptionWhileRunningCommand: crashed,
    exceptionWhileRunningIntegrationFlag: ({ exception }) => crashed(exception),
    exceptionWhileRunningIntegrationHook: ({ exception }) => crashed(exception),
    commandErrorResult: crashed,
  };
}

function argumentFault(error: unknown): Diagnostic {
  if (!(error instanceof ArgumentScannerError)) return bug(error);
  let hint: string | undefined;
  const message = formatMessageForArgumentScannerError(error, {
    FlagNotFoundError: ({ input, corrections }) => {
      hint = didYouMean(corrections.map((name) => `\`--${name}\``));
      return `there is no option --${input}`;
    },
    AliasNotFoundError: ({ input }) => `there is no option -${input}`,
    ArgumentParseError: ({ externalFlagNameOrPlaceholder, input, exception }) =>
      `${externalFlagNameOrPlaceholder}: expected ${exception instanceof Error ? exception.message : String(exception)}, got ${quoted(input)}`,
    EnumValidationError: ({ externalFlagName, input, values }) => {
      hint = `choose one of ${values.join(", ")}`;
      return `--${externalFlagName} does not know ${quoted(input)}`;
    },
    UnsatisfiedFlagError: ({ externalFlagName }) => `--${externalFlagName} and its value are missing`,
    UnexpectedPositionalError: ({ input }) => `${quoted(input)} is one argument too many`,
    UnsatisfiedPositionalError: ({ placeholder }) => `the argument ${placeholder.toUpperCase()} is missing`,
    UnexpectedFlagError: ({ externalFlagName, previousInput, input }) =>
      `--${externalFlagName} is given twice: ${quoted(previousInput)} and ${quoted(input)}`,
    InvalidNegatedFlagSyntaxError: ({ externalFlagName }) => `--${externalFlagName} takes no value`,
  });
  return usage(message, hint);
}

export function usage(message: string, hint = "--help after a command tells what it takes"): Diagnostic {
  return { code: "U700", severity: "error", message, hint, at: [] };
}

function bug(error: unknown): Diagnostic {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: "U749",
    severity: "error",
    message: `unitrd has a bug: ${error instanceof Error ? error.message : String(error)}`,
    hint: `please report it with this: ${trace.replaceAll(/\s*\n\s*/g, " | ")}`,
    at: [],
  };
}

function didYouMean(corrections: readonly string[]): string | undefined {
  return corrections.length === 0 ? undefined : `did you mean ${corrections.join(" or ")}?`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
