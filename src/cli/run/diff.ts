import { basename } from "node:path";
import { rehearse, rehearseBoth, type Rehearsal } from "../../build/compare.ts";
import type { Compiled } from "../../compile/compile.ts";
import { declarationDifference, type ComparedBoot } from "../../diff/declaration-difference.ts";
import { documentOf, isDifferent, type Difference } from "../../diff/difference.ts";
import { documentHtml } from "../../diff/html.ts";
import { imageDifference } from "../../diff/image-difference.ts";
import { stageOneDifference } from "../../diff/stage-one-difference.ts";
import { documentText } from "../../diff/text.ts";
import { findings, type Findings } from "../../diagnostics/diagnostic.ts";
import { writeAtomically } from "../../host/atomic-file.ts";
import { readImage, type Image } from "../../host/read-image.ts";
import type { Backends } from "../../stage-one/backends.ts";
import { exits, type Context } from "../context.ts";
import { hasErrors, jsonText, showDiagnostics } from "../show.ts";

export interface DiffFlags {
  readonly format: "text" | "json" | "html";
  readonly output?: string;
  readonly sysroot?: string;
  readonly exitCode: boolean;
  readonly json: boolean;
}

/** unitrd diff */
export async function runDiff(
  this: Context,
  flags: DiffFlags,
  before: string,
  after: string | undefined,
): Promise<void> {
  const asked: Asked = { found: findings(), sources: new Map(), flags };
  const difference = after === undefined ? await stageOnes(before, asked) : await compared(before, after, asked);
  const format = flags.json ? "json" : flags.format;
  if (format === "json") await give(this, jsonText(asked.found.all, difference ?? {}), asked);
  else if (difference !== undefined) await give(this, rendered(difference, format, this, flags), asked);
  if (format !== "json" || flags.output !== undefined) showDiagnostics(this, asked.found.all, asked.sources);
  if (hasErrors(asked.found.all)) this.end(flags.exitCode ? faultOfExitCode : exits.fault);
  else if (flags.exitCode && difference !== undefined && isDifferent(difference)) this.end(1);
}

/** As diff(1) keeps 1 for differences, trouble needs another number; 2 is a wrong command line. */
const faultOfExitCode = 3;

/** What was asked for, and what was found on the way. */
interface Asked {
  readonly found: Findings;
  readonly sources: Map<string, string>;
  readonly flags: DiffFlags;
}

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

function isDeclaration(file: string): boolean {
  return file.endsWith(".toml");
}

function sysrootOf({ flags: { sysroot } }: Asked): { readonly sysroot?: string } {
  return sysroot === undefined ? {} : { sysroot };
}

function note(result: Awaited<ReturnType<typeof rehearse>>, { found, sources }: Asked): void {
  result.diagnostics.forEach(found.report);
  for (const [name, text] of result.sources) sources.set(name, text);
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
