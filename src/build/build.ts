import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { compile, draft, type Compiled, type Draft } from "../compile/compile.ts";
import type { Sources } from "../compile/contributions.ts";
import type { DeclarationFile } from "../compile/declaration.ts";
import { findings, type Diagnostic, type Findings as Collected, type Report } from "../diagnostics/diagnostic.ts";
import { writeAtomically } from "../host/atomic-file.ts";
import { reportReadable } from "../host/readable-by-others.ts";
import { cacheDirectory, layerCache } from "../host/cache.ts";
import { monotonicMilliseconds as milliseconds } from "../host/clock.ts";
import { commandOutput, type CommandOutput } from "../host/command-output.ts";
import { compressorFor } from "../host/compression.ts";
import { directoryTree, UnreadableFile, type DirectoryTree } from "../host/directory-tree.ts";
import { readTemplate } from "../host/house.ts";
import { keptDecompression, keptVersion } from "../host/kept-results.ts";
import { knownDigests } from "../host/known-digests.ts";
import { errorCode, Failure } from "../host/failure.ts";
import type { Content } from "../image/manifest.ts";
import type { Decompress } from "../sysroot/module-bytes.ts";
import { digestOf } from "../image/layer-key.ts";
import { layersOf } from "../image/layers.ts";
import { hostKeyBeside } from "./host-key-beside.ts";
import { assemble, imageMode, type LayerReport } from "../image/write.ts";

export interface CompileOptions {
  /** Files of the declaration, in the order in which they are merged. */
  readonly declaration: readonly string[];
  /** The tree that the image is made from; default `/`. */
  readonly sysroot?: string;
}

export interface BuildOptions extends CompileOptions {
  /** Where the image goes. It is replaced in one step, or not at all. */
  readonly output: string;
  /** Whether compressed layers are kept for the next build; default true. */
  readonly cache?: boolean;
  /** Told when a phase begins, for people who wait. */
  readonly progress?: (phase: BuildPhase) => void;
}

export type BuildPhase = "compile" | "pack";

/** What was found, in order; it failed when one of them is an error. */
export interface Findings {
  readonly diagnostics: readonly Diagnostic[];
  /** Texts of the declaration's files by name, for showing where a finding is. */
  readonly sources: ReadonlyMap<string, string>;
}

export interface BuildResult extends Findings {
  readonly image?: BuiltImage;
  readonly compiled?: Compiled;
}

export interface BuiltImage {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Permissions of the file: 0600 when it holds secrets. */
  readonly mode: number;
  readonly layers: readonly LayerReport[];
  /** The compressor and its version, on which the compressed bytes depend. */
  readonly compressor: string;
  /** Wall time, in seconds. */
  readonly seconds: number;
}

/** Compiles a declaration and writes its image. Never throws for what a person can mend: that is in `diagnostics`. */
export async function build(options: BuildOptions): Promise<BuildResult> {
  const begin = milliseconds();
  const found = findings();
  options.progress?.("compile");
  return withSources(options, found, async (files, sources, sysroot) => {
    const compiled = await compile(files, sources, decompression(options), found.report);
    if (compiled === undefined) return {};
    if (found.hasErrors()) return { compiled };
    options.progress?.("pack");
    const image = await writeImage(compiled, sysroot, options, found.report);
    if (image === undefined || found.hasErrors()) return { compiled };
    return { compiled, image: { ...image, seconds: (milliseconds() - begin) / 1000 } };
  });
}

/** That a cache cannot be used is said by who keeps layers in it. */
export function decompression(options: Pick<BuildOptions, "cache">): Decompress {
  return keptDecompression(cacheOf(options, () => undefined));
}

function cacheOf(options: Pick<BuildOptions, "cache">, report: Report): string | undefined {
  return options.cache === false ? undefined : cacheDirectory(report);
}

export interface DraftResult extends Findings {
  readonly draft?: Draft;
}

/** Plans the boot that a declaration describes, without asking whether the sysroot has what it takes. */
export async function draftFiles(options: CompileOptions): Promise<DraftResult> {
  const found = findings();
  return withSources(options, found, (files, sources) => {
    // Nobody wants to be asked for a secret in order to see a graph.
    const drafted = draft(files, { ...withoutKeys(sources), runCommand: notRun }, found.report);
    return Promise.resolve(drafted === undefined ? {} : { draft: drafted });
  });
}

/** Opens what a declaration may read, and closes it again. Without any of `use` when something could not be opened. */
export async function withSources<Made extends object>(
  options: CompileOptions,
  { report, all: diagnostics }: Collected,
  use: (files: readonly DeclarationFile[], sources: Sources, sysroot: DirectoryTree) => Promise<Made>,
): Promise<Findings | (Findings & Made)> {
  const files = options.declaration.flatMap((path) => readFile(path, report));
  const sources = new Map(files.map((file) => [file.name, new TextDecoder().decode(file.bytes)]));
  const sysroot = openTree(options.sysroot ?? "/", "sysroot", report);
  if (files.length !== options.declaration.length || sysroot === undefined) return { diagnostics, sources };
  const beside = new Map<string, DirectoryTree>();
  const treeBeside = (file: string): DirectoryTree => {
    const directory = dirname(resolve(file));
    const tree = beside.get(directory) ?? directoryTree(directory);
    beside.set(directory, tree);
    return tree;
  };
  const machine = (): DirectoryTree => {
    const tree = beside.get("/sys") ?? directoryTree("/sys");
    beside.set("/sys", tree);
    return tree;
  };
  try {
    const made = await use(
      files,
      { sysroot, treeBeside, machine, gunzip, template: readTemplate, runCommand, hostKey: hostKeyBeside },
      sysroot,
    );
    for (const tree of [sysroot, ...beside.values()]) reportNames(tree, report);
    return { diagnostics, sources, ...made };
  } catch (error) {
    report(mendable(error));
    return { diagnostics, sources };
  } finally {
    for (const tree of [sysroot, ...beside.values()]) tree.close();
  }
}

function reportNames(tree: DirectoryTree, report: Report): void {
  for (const { path, name } of tree.problems) {
    report({
      code: "U191",
      severity: "warning",
      message: `${tree.name}: in ${path}, ${name} is not UTF-8 and is passed over`,
      hint: "rename it there, if the image needs it",
      at: [],
    });
  }
}

/** What a person can do something about; anything else is a bug and goes on. */
function mendable(error: unknown): Diagnostic {
  if (error instanceof Failure) return error.diagnostic;
  if (!(error instanceof UnreadableFile)) throw error;
  return {
    code: "U187",
    severity: "error",
    message: error.message,
    hint: "the build reads the sysroot as the user who runs it; some of its files are readable by root only",
    at: [],
  };
}

function readFile(path: string, report: Report): DeclarationFile[] {
  try {
    return [{ name: path, bytes: readFileSync(path) }];
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    report({
      code: "U188",
      severity: "error",
      message: `${path} cannot be read (${code})`,
      ...(code === "ENOENT" ? { hint: "a declaration is a TOML file; docs/declaration.md begins with one" } : {}),
      at: [],
    });
    return [];
  }
}

function openTree(root: string, what: string, report: Report): DirectoryTree | undefined {
  try {
    return directoryTree(root);
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    report({
      code: "U182",
      severity: "error",
      message: `the ${what} ${root} is no directory that can be read (${code})`,
      at: [],
    });
    return undefined;
  }
}

function runCommand(file: string, command: readonly string[]): CommandOutput {
  return commandOutput(command, dirname(resolve(file)));
}

function withoutKeys(sources: Sources): Sources {
  const without = { ...sources };
  delete without.hostKey;
  return without;
}

function notRun(): CommandOutput {
  return { ok: false, because: "not run" };
}

function gunzip(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: 64 * 1024 * 1024 });
  } catch {
    return undefined;
  }
}

/** The bytes of an image, in order. */
export async function* imagePieces(
  compiled: Compiled,
  sysroot: DirectoryTree,
  options: Pick<BuildOptions, "cache">,
  report: Report,
  finished?: (layer: LayerReport) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const cache = cacheOf(options, report);
  const read = (content: Content): Uint8Array =>
    content.is === "bytes" ? content.bytes : sysroot.readAt(content.path, 0, content.size);
  const digests = cache === undefined ? undefined : await knownDigests(sysroot, cache);
  const bytesDigest = digestOf(read);
  yield* assemble(layersOf(compiled.manifest), {
    read,
    digest: (content) =>
      digests === undefined || content.is === "bytes" ? bytesDigest(content) : digests.of(content.path, content.size),
    compressor: compressorFor(compiled.declaration.value.image.compression),
    ...(cache === undefined ? {} : { cache: layerCache(cache) }),
    ...(finished === undefined ? {} : { finished }),
  });
  await digests?.save();
}

async function writeImage(
  compiled: Compiled,
  sysroot: DirectoryTree,
  options: BuildOptions,
  report: Report,
): Promise<Omit<BuiltImage, "seconds"> | undefined> {
  const layers = layersOf(compiled.manifest);
  const compressor = compressorFor(compiled.declaration.value.image.compression);
  const reports: LayerReport[] = [];
  const pieces = imagePieces(compiled, sysroot, options, report, (layer) => reports.push(layer));
  const mode = imageMode(layers);
  const [written, version] = await Promise.all([
    writeAtomically(options.output, mode, pieces, report),
    keptVersion(
      cacheOf(options, () => undefined),
      compressor,
    ),
  ]);
  if (!written) return undefined;
  if (mode === 0o600) reportReadable(options.output, report);
  return {
    path: options.output,
    size: reports.reduce((sum, layer) => sum + layer.packed, 0),
    mode,
    layers: reports,
    compressor: version,
  };
}
