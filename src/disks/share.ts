import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Payload } from "../scenario/disks/payload.ts";
import { readReporting } from "./reporting.ts";
import { staged, writeStaged } from "./staged.ts";

/** A directory of this machine as a machine under test sees it, by the tag that it is mounted by. */
export interface Share extends Payload {
  readonly tag: string;
  readonly "security-model": "none" | "mapped-file" | "mapped-xattr";
  readonly "read-only": boolean;
}

/** Fills a directory for each share, below one that exists, and gives the arguments of QEMU that offer them. */
export async function makeShares(
  shares: readonly Share[],
  below: string,
  using: { readonly templates: string; path(name: string): string },
): Promise<readonly string[]> {
  const args: string[] = [];
  for (const [index, share] of shares.entries()) {
    const directory = join(below, `share-${index}`);
    await mkdir(directory, { mode: 0o755 });
    const sources = { reporting: () => readReporting(using.templates), path: (name: string) => using.path(name) };
    await writeStaged(await staged(share, sources), directory);
    const readOnly = share["read-only"] ? ",readonly=on" : "";
    const model = share["security-model"];
    args.push(
      ...[
        "-fsdev",
        `local,id=share${index},path=${directory.replaceAll(",", ",,")},security_model=${model}${readOnly}`,
      ],
      ...["-device", `virtio-9p-pci,fsdev=share${index},mount_tag=${share.tag}`],
    );
  }
  return args;
}
