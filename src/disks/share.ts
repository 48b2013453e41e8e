import { mkdir } from "node:fs/promises";
import type { Payload } from "../scenario/disks/payload.ts";
import { readReporting } from "./reporting.ts";
import { staged, writeStaged } from "./staged.ts";

/** Fills a directory, which is made below one that exists, with what a share of a scenario holds. Throws `CannotMake`. */
export async function makeShare(
  share: Payload,
  directory: string,
  using: { readonly templates: string; path(name: string): string },
): Promise<void> {
  await mkdir(directory, { mode: 0o755 });
  const sources = { reporting: () => readReporting(using.templates), path: (name: string) => using.path(name) };
  await writeStaged(await staged(share, sources), directory);
}
