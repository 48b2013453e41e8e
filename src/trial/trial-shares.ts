import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { makeShare } from "../disks/share.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { SharedDirectory } from "../vm/shared-directory.ts";
import type { TrialOptions } from "./trial-options.ts";

/** What a scenario shares with its guest, in directories below one that is made. Throws `CannotMake`. */
export async function trialShares(
  { share: wanted }: Scenario,
  { folder, house }: Pick<TrialOptions, "folder" | "house">,
  below: string,
): Promise<readonly SharedDirectory[]> {
  if (wanted.length > 0) await mkdir(below, { recursive: true, mode: 0o700 });
  const shares: SharedDirectory[] = [];
  for (const [index, share] of wanted.entries()) {
    const directory = join(below, `${index}`);
    await makeShare(share, directory, { templates: house.templates, path: (name) => resolve(folder, name) });
    shares.push({ tag: share.tag, by: share.by, directory, isReadOnly: share["read-only"] });
  }
  return shares;
}
