import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Report } from "../diagnostics/diagnostic.ts";
import { makeContent } from "./content.ts";
import { diskKey } from "./key.ts";
import type { Disk } from "../scenario/disks/layout.ts";
import { makePartitions } from "./partitions.ts";
import { bytesOf } from "../scenario/disks/size.ts";
import { readReporting } from "./reporting.ts";
import { placeUuid } from "./place-uuid.ts";
import { kept } from "./store.ts";
import { CannotMake } from "./tool.ts";
import type { Builder, Workshop } from "./workshop.ts";

export interface DiskMaking {
  /** The directory that keeps disks between runs. */
  readonly store: string;
  /** The directory of this project's templates. */
  readonly templates: string;
  /** The path on this machine of what a declaration names: `tree`, or the path of an image. */
  path(name: string): string;
  /** The path of an image that is no path: `userland:trixie`. May take minutes. */
  image(name: string): Promise<string>;
  readonly builder: Builder;
}

export interface MadeDisk {
  readonly name: string;
  /** The image, raw and read-only: other runs use it too. Boot it below an overlay. */
  readonly path: string;
  readonly bytes: number;
  /** Key files and detached headers by name. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * The disks of a declaration that passed the schema and `layoutMistakes`, made now or by an earlier run. Reports what
 * cannot be made and leaves it out. Needs no root.
 */
export async function makeDisks(
  disks: readonly Disk[],
  using: DiskMaking,
  report: Report,
): Promise<readonly MadeDisk[]> {
  const made = await Promise.all(disks.map((disk) => makeOrReport(disk, using, report)));
  return made.filter((disk) => disk !== undefined);
}

async function makeOrReport(disk: Disk, using: DiskMaking, report: Report): Promise<MadeDisk | undefined> {
  try {
    return await makeDisk(disk, using);
  } catch (error) {
    if (!(error instanceof CannotMake)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    const message = `disk ${disk.name} cannot be made: ${error.message}`;
    report({ code: error.code, severity: "error", message, ...hint, at: [] });
    return undefined;
  }
}

/** Throws `CannotMake`. */
async function makeDisk(disk: Disk, using: DiskMaking): Promise<MadeDisk> {
  const reporting = once(() => readReporting(using.templates));
  const sources = {
    reporting,
    path: (name: string) => using.path(name),
    image: (name: string) => using.image(name),
    builder: using.builder,
  };
  const key = await diskKey(disk, sources);
  const directory = await kept(using.store, key, async (made) => {
    const scratch = await mkdtemp(join(using.store, `making-${process.pid}-`));
    try {
      const shop: Workshop = {
        ...sources,
        scratch: (name) => join(scratch, name),
        beside: (name) => join(made, name),
        uuid: (place) => placeUuid(`${disk.name}/${place}`),
      };
      await makeInto(disk, join(made, diskFile), shop);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
    for (const name of await readdir(made)) await chmod(join(made, name), 0o400);
  });
  const names = (await readdir(directory)).filter((name) => name !== diskFile).sort();
  return {
    name: disk.name,
    path: join(directory, diskFile),
    bytes: bytesOf(disk.size),
    files: Object.fromEntries(names.map((name) => [name, join(directory, name)])),
  };
}

const diskFile = "disk.raw";

async function makeInto(disk: Disk, file: string, shop: Workshop): Promise<void> {
  if (disk.partition !== undefined) return makePartitions(disk, file, shop);
  await makeContent(disk.content ?? { type: "empty" }, { file, bytes: bytesOf(disk.size), place: "disk" }, shop);
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | undefined;
  return () => (value ??= make());
}
