import { build as buildImage } from "./build/build.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";

export type { Diagnostic, Origin, Severity } from "./diagnostics/diagnostic.ts";

// What the library promises is written down here in plain types: those of the rooms behind it name packages that are
// bundled, so that whoever installs this one does not have them.

export interface BuildOptions {
  /** Files of the declaration, in the order in which they are merged. */
  readonly declaration: readonly string[];
  /** The tree that the image is made from; default `/`. */
  readonly sysroot?: string;
  /** Where the image goes. It is replaced in one step, or not at all. */
  readonly output: string;
  /** Whether compressed layers are kept for the next build; default true. */
  readonly cache?: boolean;
  /** Told when a phase begins, for people who wait. */
  readonly progress?: (phase: "compile" | "pack") => void;
}

export interface BuildResult {
  /** What was found, in order. The build failed when one of them is an error. */
  readonly diagnostics: readonly Diagnostic[];
  /** Texts of the declaration's files by name, for showing where a finding is. */
  readonly sources: ReadonlyMap<string, string>;
  readonly image?: BuiltImage;
}

export interface BuiltImage {
  readonly path: string;
  /** Which stage one it has, and the kernel that it is for. */
  readonly stageOne: "systemd" | "scripted";
  readonly kernel: string;
  /** Bytes. */
  readonly size: number;
  /** Permissions of the file: 0600 when it holds secrets. */
  readonly mode: number;
  readonly layers: readonly BuiltLayer[];
  /** The compressor and its version, on which the compressed bytes depend. */
  readonly compressor: string;
  /** Wall time, in seconds. */
  readonly seconds: number;
}

export interface BuiltLayer {
  readonly layer: "early" | "kernel" | "userland" | "config" | "secrets";
  /** Everything but directories. */
  readonly files: number;
  /** Bytes before and after compression. */
  readonly unpacked: number;
  readonly packed: number;
  readonly compression: string;
  readonly fromCache: boolean;
}

/** Compiles a declaration and writes its image. Never throws for what a person can mend: that is in `diagnostics`. */
export async function build(options: BuildOptions): Promise<BuildResult> {
  const { diagnostics, sources, image, compiled } = await buildImage(options);
  if (image === undefined || compiled === undefined) return { diagnostics, sources };
  const { stage, kernel } = compiled;
  return { diagnostics, sources, image: { ...image, stageOne: stage.kind, kernel: kernel.version } };
}
