import { findings, type Report } from "../../diagnostics/diagnostic.ts";
import { extract } from "../../host/extract.ts";
import { readImage, type Image } from "../../host/read-image.ts";
import { extractPlan, listing, modeString, type ListedFile } from "../../image/inspect.ts";
import { resolve, unresolvedPhrase } from "../../sysroot/resolve.ts";
import { exits, type Context } from "../context.ts";
import { imageSummary, summaryText } from "../image-summary.ts";
import { longListing } from "../long-listing.ts";
import { showDiagnostics, showJson } from "../show.ts";

export interface InspectFlags {
  readonly extract?: string;
  readonly summary: boolean;
  readonly json: boolean;
}

/** unitrd inspect */
export async function runInspect(
  this: Context,
  flags: InspectFlags,
  file: string,
  path: string | undefined,
): Promise<void> {
  const found = findings();
  const image = await readImage(file, found.report);
  const answer = image === undefined ? nothing : await answerOf(image, path, flags, this, found.report);
  if (flags.json) showJson(this, found.all, answer.json);
  else {
    if (answer.bytes !== undefined && !found.hasErrors()) this.output.write(answer.bytes);
    else if (answer.bytes === undefined && answer.text !== "") this.output.write(answer.text);
    showDiagnostics(this, found.all);
  }
  if (found.hasErrors()) this.end(exits.fault);
}

/** What was asked for, as text for a person, as bytes of a file, and as data. */
interface Answer {
  readonly text: string;
  readonly bytes?: Uint8Array;
  readonly json: object;
}

const nothing: Answer = { text: "", json: {} };

async function answerOf(
  image: Image,
  path: string | undefined,
  flags: InspectFlags,
  context: Context,
  report: Report,
): Promise<Answer> {
  const at = path === undefined ? "/" : placeOf(image, path, report);
  if (at === undefined) return nothing;
  if (flags.extract !== undefined) return await extracted(image, at, flags.extract, report);
  if (flags.summary) {
    const summary = imageSummary(image, at);
    return { text: summaryText(summary), json: { summary } };
  }
  const stat = image.tree.lstat(at);
  if (stat?.type === "file") return contentOf(image, at, stat.size, flags, context, report);
  const files = listing(image.tree, at).filter(
    (file) => path === undefined || file.path !== at || stat?.type !== "directory",
  );
  return { text: longListing(files), json: { path: at, files: files.map(fileJson) } };
}

/** The canonical path of what was asked for; links are followed inside the image. */
function placeOf(image: Image, path: string, report: Report): string | undefined {
  const found = resolve(image.tree, path.startsWith("/") ? path : `/${path}`);
  if (found.found) return found.path;
  const message = `${path} is not in ${image.tree.name}: ${unresolvedPhrase(found)}`;
  report({ code: "U706", severity: "error", message, hint: "without a path everything is listed", at: [] });
  return undefined;
}

async function extracted(image: Image, at: string, directory: string, report: Report): Promise<Answer> {
  const plan = extractPlan(image.tree, at);
  if (!(await extract(image.tree, plan, directory, report))) return nothing;
  return { text: "", json: { extracted: directory, files: plan.map(({ path }) => path) } };
}

function contentOf(
  image: Image,
  path: string,
  size: number,
  flags: InspectFlags,
  context: Context,
  report: Report,
): Answer {
  const bytes = image.tree.readAt(path, 0, size);
  const text = textOf(bytes);
  if (flags.json) {
    const content = text === undefined ? { base64: Buffer.from(bytes).toString("base64") } : { text };
    return { text: "", json: { path, size, ...content } };
  }
  if (text === undefined && context.output.isTerminal) {
    const message = `${path} is no text: its bytes would upset the terminal`;
    report({ code: "U705", severity: "error", message, hint: "send it to a file or a program: > FILE, | xxd", at: [] });
  }
  return { text: "", bytes, json: {} };
}

/** The text that bytes are, if they are one that a terminal can take. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return /[^\P{Cc}\t\n\f\r]/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function fileJson(file: ListedFile): object {
  return { ...file, mode: file.mode.toString(8).padStart(4, "0"), permissions: modeString(file) };
}
