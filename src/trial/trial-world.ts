import { join } from "node:path";
import { findings } from "../diagnostics/diagnostic.ts";
import { renderDiagnostics } from "../diagnostics/render.ts";
import { guestBuilder } from "../disks/builder.ts";
import { directoryTree } from "../host/directory-tree.ts";
import { houseDirectory } from "../host/house.ts";
import { kernelOf, type TrialKernel } from "./kernel.ts";
import type { TrialOptions } from "./trial-options.ts";

/** What all trials of a run share: trees, images, unitrd's own files, and one guest that makes disks. */
export function trialWorld(
  known: Pick<TrialOptions, "trees" | "images">,
): Pick<TrialOptions, "trees" | "images" | "house" | "builder"> {
  const house = houseDirectory();
  return {
    ...known,
    house: { templates: join(house, "templates"), units: join(house, "units") },
    builder: guestBuilder(() => Promise.resolve(guestOf(known.trees["trixie"] ?? "/"))),
  };
}

/** What disks that no tool makes without a kernel are made in. Throws when the tree has no kernel. */
function guestOf(directory: string): { readonly tree: string; readonly kernel: TrialKernel } {
  const tree = directoryTree(directory);
  const found = findings();
  const kernel =
    kernelOf(tree, directory, "generic", found.report) ?? kernelOf(tree, directory, "newest", found.report);
  tree.close();
  if (kernel !== undefined) return { tree: directory, kernel };
  throw new Error(renderDiagnostics(found.all, { sources: (): undefined => undefined, colour: false }));
}
