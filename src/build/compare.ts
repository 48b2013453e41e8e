import { compileBoth, type Both } from "../compile/both.ts";
import { compile, type Compiled } from "../compile/compile.ts";
import { findings, type Report } from "../diagnostics/diagnostic.ts";
import type { DirectoryTree } from "../host/directory-tree.ts";
import { parseImage, type Image } from "../host/read-image.ts";
import type { StageOneKind } from "../stage-one/stage-one.ts";
import { decompression, imagePieces, withSources, type CompileOptions, type Findings } from "./build.ts";

/** An image that was made only to be looked at. */
export interface Rehearsal {
  readonly compiled: Compiled;
  readonly image: Image;
}

export interface Rehearsed extends Findings {
  readonly rehearsal?: Rehearsal;
}

export interface RehearsedBoth extends Findings {
  readonly both?: Both;
  /** Of each stage one that can be compiled, as far as it goes. */
  readonly images?: Readonly<Partial<Record<StageOneKind, Image>>>;
}

/** Builds an image in memory. Never throws for what a person can mend: that is in `diagnostics`. */
export async function rehearse(options: CompileOptions): Promise<Rehearsed> {
  const found = findings();
  return withSources<Pick<Rehearsed, "rehearsal">>(options, found, async (files, sources, sysroot) => {
    const compiled = await compile(files, sources, decompression({}), found.report);
    if (compiled === undefined || found.hasErrors()) return {};
    const image = await imageInMemory(options.declaration.join(" "), compiled, sysroot, found.report);
    return image === undefined ? {} : { rehearsal: { compiled, image } };
  });
}

/** Builds both images of a declaration in memory, from one plan. */
export async function rehearseBoth(options: CompileOptions): Promise<RehearsedBoth> {
  const found = findings();
  return withSources<Pick<RehearsedBoth, "both" | "images">>(options, found, async (files, sources, sysroot) => {
    const both = await compileBoth(files, sources, decompression({}), found.report);
    if (both === undefined || found.hasErrors()) return {};
    const images: Partial<Record<StageOneKind, Image>> = {};
    for (const kind of ["systemd", "scripted"] as const) {
      const compiled = both.sides[kind].compiled;
      const image = compiled && (await imageInMemory(kind, compiled, sysroot, found.report));
      if (image !== undefined) images[kind] = image;
    }
    return { both, images };
  });
}

/** What the image file would be, read back as the kernel would read it. */
async function imageInMemory(
  name: string,
  compiled: Compiled,
  sysroot: DirectoryTree,
  report: Report,
): Promise<Image | undefined> {
  const pieces: Uint8Array[] = [];
  for await (const piece of imagePieces(compiled, sysroot, {}, report)) pieces.push(piece);
  return parseImage(name, Buffer.concat(pieces), report);
}
