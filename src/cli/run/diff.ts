import { basename } from "node:path";
import { rehearse, rehearseBoth, type Rehearsal } from "../../build/compare.ts";
import type { Compiled } from "../../compile/compile.ts";
import { declarationDifference, type ComparedBoot } from "../../diff/declaration-difference.ts";
import { documentOf, isDifferent, type Difference } from "../../diff/difference.ts";
import { documentHtml } from "../../diff/html.ts";
import { imageDifference } from "../../diff/image-difference.ts";
import { stageOneDifference } from "../../diff/stage-one-difference.ts";
import { documentText } from "../../diff/text.ts";
import { findings } from "../../diagnostics/diagnostic.ts";
import { writeAtomically } from "../../host/atomic-file.ts";
import { readImage, type Image } from "../../host/read-image.ts";
import type { Backends } from "../../stage-one/backends.ts";
import { exits, type Context } from "../context.ts";
import { isDeclaration, note, sysrootOf, type Asked, type DiffFlags } from "../diff-asked.ts";
import { leavingOnSignal, type Leaving } from "../leaving.ts";
import { hasErrors, jsonText, showDiagnostics } from "../show.ts";
import { usage } from "../spoken-text.ts";

/** unitrd diff */
export async function runDiff(
  this: Context,
  flags: DiffFlags,
  before: string,
  after: string | undefined,
): Promise<void> {
  const asked: Asked = { found: findings(), sources: new Map(), flags };
  const fault = usageFault(flags, after);
  if (fault !== undefined) {
    asked.found.report(usage(fault));
    showDiagnostics(this, asked.found.all);
    this.end(exits.usage);
    return;
  }
  await leavingOnSignal(async (leaving) => {
    const difference = await differenceOf(this, before, after, asked, leaving);
    if (leaving.signal.aborted) this.end(130);
    else await tell(this, difference, asked);
  });
}

/** What only a boot takes, without one. */
function usageFault({ boot, disk, append, type, kernel }: DiffFlags, after: string | undefined): string | undefined {
  if (boot) return after === undefined ? undefined : "--boot compares the two stage ones of one declaration";
  const given = Object.entries({ disk, append, type, kernel }).find(
    ([, value]) => value !== undefined && value.length > 0,
  );
  return given && `--${given[0]} is for a boot, and --boot is missing`;
}

async function differenceOf(
  context: Context,
  before: string,
  after: string | undefined,
  asked: Asked,
  leaving: Leaving,
): Promise<Difference | undefined> {
  if (after !== undefined) return compared(before, after, asked);
  if (!asked.flags.boot) return stageOnes(before, asked);
  const { bootedStageOnes } = await import("./diff-boot.ts");
  return bootedStageOnes(context, before, asked, leaving);
}

async function tell(context: Context, difference: Difference | undefined, asked: Asked): Promise<void> {
  const { flags } = asked;
  const format = flags.json ? "json" : flags.format;
  if (format === "json") await give(context, jsonText(asked.found.all, difference ?? {}), asked);
  else if (difference !== undefined) await give(context, rendered(difference, format, context, flags), asked);
  if (format !== "json" || flags.output !== undefined) showDiagnostics(context, asked.found.all, asked.sources);
  if (hasErrors(asked.found.all)) context.end(flags.exitCode ? faultOfExitCode : exits.fault);
  else if (flags.exitCode && difference !== undefined && isDifferent(difference)) context.end(1);
}

/** As diff(1) keeps 1 for differences, trouble needs another number; 2 is a wrong command line. */
const faultOfExitCode = 3;

async function stageOnes(file: string, asked: Asked): Promise<Difference | undefined> {
  if (!isDeclaration(file)) {
    const message = `${file} is compared with nothing`;
    const hint = "one declaration (.toml) is compared with itself, by stage one; name a second file for anything else";
    asked.found.report({ code: "U720", severity: "error", message, hint, at: [] });
    return undefined;
  }
  const result = await rehearseBoth({ declaration: [file], ...sysrootOf(asked) });
  note(result, asked);
  const { both, images } = result;
  if (both === undefined || images === undefined || asked.found.hasErrors()) return undefined;
  return stageOneDifference({ name: basename(file), both, images });
}

async function compared(before: string, after: string, asked: Asked): Promise<Difference | undefined> {
  const left = await sideOf(before, asked);
  const right = await sideOf(after, asked);
  if (left === undefined || right === undefined || asked.found.hasErrors()) return undefined;
  const names = [basename(before), basename(after)] as const;
  if (left.compiled === undefined || right.compiled === undefined) {
    return imageDifference(names, left.image, right.image);
  }
  return declarationDifference(
    comparedBoot(names[0], left.compiled, left.image),
    comparedBoot(names[1], right.compiled, right.image),
  );
}

type Side = Pick<Rehearsal, "image"> & Partial<Pick<Rehearsal, "compiled">>;

async function sideOf(file: string, asked: Asked): Promise<Side | undefined> {
  if (!isDeclaration(file)) {
    const image = await readImage(file, asked.found.report);
    return image && { image };
  }
  const result = await rehearse({ declaration: [file], ...sysrootOf(asked) });
  note(result, asked);
  return result.rehearsal;
}

function comparedBoot(name: string, compiled: Compiled, image: Image): ComparedBoot<Backends> {
  const { plan, stage, kernel, declaration } = compiled;
  const { "stage-one": stageOne, image: declared } = declaration.value;
  const access = stageOne["emergency-access"];
  return {
    name,
    plan,
    image,
    stageOne: stage.kind,
    kernel: kernel.version,
    options: {
      compression: declared.compression,
      drivers: [declared.drivers].flat().join(", "),
      "late devices": String(stageOne["device-timeout"]),
      "emergency access": typeof access === "string" ? "with a password" : String(access),
      "panic on fail": String(stageOne["panic-on-fail"]),
      "command-line shell": String(stageOne["command-line-shell"]),
    },
  };
}

function rendered(
  difference: Difference,
  format: "text" | "html",
  { output }: Context,
  { output: file }: DiffFlags,
): string {
  const document = documentOf(difference);
  if (format === "html") return documentHtml(document);
  const isFile = file !== undefined;
  return documentText(document, {
    width: (isFile ? undefined : output.width) ?? 100,
    colour: !isFile && output.colour,
  });
}

async function give(context: Context, text: string, { flags: { output }, found }: Asked): Promise<void> {
  if (output === undefined) context.output.write(text);
  else await writeAtomically(output, 0o644, [Buffer.from(text)], found.report);
}
