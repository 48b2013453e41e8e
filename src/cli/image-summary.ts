import { printable } from "../diagnostics/cell.ts";
import type { Image, ImagePart } from "../host/read-image.ts";
import { listing, type ListedFile } from "../image/inspect.ts";
import { formatBytes } from "./format-bytes.ts";

/** An image at a glance. Sizes in bytes. */
export interface ImageSummary {
  readonly size: number;
  readonly segments: readonly (Omit<ImagePart, "archives"> & { readonly files: number })[];
  readonly counts: Readonly<Record<Kind, number>>;
  readonly largest: readonly Pick<ListedFile, "path" | "size">[];
  /** Releases of the kernels that it has modules of. */
  readonly kernels: readonly string[];
}

const kinds = ["files", "directories", "links", "modules", "firmware", "programs", "libraries", "units"] as const;
type Kind = (typeof kinds)[number];

export function imageSummary(image: Image, under: string): ImageSummary {
  const all = listing(image.tree, under);
  const files = all.filter(({ type }) => type === "file");
  const tallies = Object.fromEntries(kinds.map((kind) => [kind, all.filter(tests[kind]).length]));
  return {
    size: image.size,
    segments: image.parts.map(({ archives, ...part }) => ({ ...part, files: entriesOf(archives) })),
    counts: { ...none, ...tallies },
    largest: files
      .toSorted((a, b) => b.size - a.size)
      .slice(0, 10)
      .map(({ path, size }) => ({ path, size })),
    kernels: ["/usr/lib/modules", "/lib/modules"].flatMap((path) => image.tree.list(path)),
  };
}

const none: Readonly<Record<Kind, number>> = {
  files: 0,
  directories: 0,
  links: 0,
  modules: 0,
  firmware: 0,
  programs: 0,
  libraries: 0,
  units: 0,
};

const tests: Readonly<Record<Kind, (file: ListedFile) => boolean>> = {
  files: ({ type }) => type === "file",
  directories: ({ type }) => type === "directory",
  links: ({ type }) => type === "symlink",
  modules: ({ type, path }) => type === "file" && /\.ko(\.(gz|xz|zst))?$/.test(path),
  firmware: ({ type, path }) => type === "file" && /^(\/usr)?\/lib\/firmware\//.test(path),
  programs: ({ type, path, mode }) =>
    type === "file" && (mode & 0o111) !== 0 && !isLibrary(path) && !path.endsWith(".ko"),
  libraries: ({ type, path }) => type === "file" && isLibrary(path),
  units: ({ type, path }) =>
    type === "file" &&
    /\/systemd\/system\/[^/]+\.(service|socket|target|mount|automount|swap|path|timer|slice|scope)$/.test(path),
};

function isLibrary(path: string): boolean {
  return /\.so(\.[0-9.]+)?$/.test(path);
}

function entriesOf(archives: ImagePart["archives"]): number {
  return archives.reduce((sum, { entries }) => sum + entries.length, 0);
}

export function summaryText(summary: ImageSummary): string {
  const segments = summary.segments.map(({ offset, compression, length, unpacked, files }) => {
    const how = compression === "none" ? "not compressed" : compression;
    return `${String(offset).padStart(12)} ${how.padEnd(14)} ${formatBytes(length).padStart(10)} → ${formatBytes(unpacked).padStart(10)} ${String(files).padStart(7)}`;
  });
  const counts = kinds.map((kind) => `${kind.padEnd(14)} ${String(summary.counts[kind]).padStart(6)}`);
  const largest = summary.largest.map(({ path, size }) => `${formatBytes(size).padStart(12)} ${printable(path)}`);
  return `${[
    `${formatBytes(summary.size)} in ${summary.segments.length} segment${summary.segments.length === 1 ? "" : "s"}`,
    "",
    `${"offset".padStart(12)} ${"compression".padEnd(14)} ${"packed".padStart(10)}   ${"unpacked".padStart(10)} ${"entries".padStart(7)}`,
    ...segments,
    "",
    ...(summary.kernels.length === 0 ? [] : [`modules of     ${summary.kernels.map(printable).join(", ")}`]),
    ...counts,
    "",
    "largest files",
    ...largest,
  ].join("\n")}\n`;
}
