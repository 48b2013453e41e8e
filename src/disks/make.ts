import { chmod, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { Disk } from "../scenario/disks/layout.ts";
import { asDisk, membersOf } from "../scenario/disks/members.ts";
import { spanningOf, type Layout, type Spanning } from "../scenario/disks/spanning.ts";
import { clusters } from "./clusters.ts";
import { makeContent } from "./content.ts";
import { emptyFile } from "./empty-file.ts";
import { clusterKey } from "./key.ts";
import { makePartitions } from "./partitions.ts";
import { bytesOf } from "../scenario/disks/size.ts";
import { readReporting } from "./reporting.ts";
import { placeUuid } from "./place-uuid.ts";
import { makeSpanning, type Inner } from "./spanning.ts";
import type { Sources } from "./staged.ts";
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
 * The disks of a layout that passed the schema and `layoutMistakes`, made now or by an earlier run. Reports what cannot
 * be made and leaves it out. Needs no root.
 */
export async function makeDisks(layout: Layout, using: DiskMaking, report: Report): Promise<readonly MadeDisk[]> {
  // How a machine is connected to a disk changes nothing about what is on it.
  const alike = { ...layout, disk: layout.disk.map((disk) => ({ ...disk, interface: undefined })) };
  const made = (await Promise.all(clusters(alike).map((cluster) => makeOrReport(cluster, using, report)))).flat();
  return layout.disk.flatMap(({ name }) => made.find((disk) => disk.name === name) ?? []);
}

async function makeOrReport(cluster: Layout, using: DiskMaking, report: Report): Promise<readonly MadeDisk[]> {
  try {
    return await makeCluster(cluster, using);
  } catch (error) {
    if (!(error instanceof CannotMake)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    const names = cluster.disk.map(({ name }) => name).join(", ");
    const message = `disk ${names} cannot be made: ${error.message}`;
    report({ code: error.code, severity: "error", message, ...hint, at: [] });
    return [];
  }
}

/** Throws `CannotMake`. */
async function makeCluster(cluster: Layout, using: DiskMaking): Promise<readonly MadeDisk[]> {
  const reporting = once(() => readReporting(using.templates));
  const sources = {
    reporting,
    path: (name: string) => using.path(name),
    image: (name: string) => using.image(name),
    builder: using.builder,
  };
  const key = await clusterKey(cluster, sources);
  const directory = await kept(using.store, key, async (made, scratch) => {
    await makeAll(cluster, sources, { made, scratch });
    for (const name of await readdir(made)) await chmod(join(made, name), 0o400);
  });
  const files = (await readdir(directory)).sort().filter((name) => !isDisk(name));
  return cluster.disk.map(({ name, size }, index) => ({
    name,
    path: join(directory, diskFile(index)),
    bytes: bytesOf(size),
    files: Object.fromEntries(files.map((file) => [file, join(directory, file)])),
  }));
}

/** Files beside disks have other names: `layoutMistakes` sees to it. */
function diskFile(index: number): string {
  return index === 0 ? "disk.raw" : `disk.raw.${index}`;
}

function isDisk(name: string): boolean {
  return /^disk\.raw(\.[0-9]+)?$/.test(name);
}

/** From the disks inwards: what spans several is made when the first of its members is asked for. */
async function makeAll(
  cluster: Layout,
  sources: Pick<Workshop, keyof Sources | "image" | "builder">,
  { made, scratch }: { readonly made: string; readonly scratch: string },
): Promise<void> {
  const spanning = spanningOf(cluster);
  const running = new Map<string, Promise<ReadonlyMap<string, string>>>();
  const shopOf = (owner: string): Workshop => ({
    ...sources,
    scratch: (name) => join(scratch, owner, name),
    beside: (name) => join(made, name),
    uuid: (place) => placeUuid(`${owner}/${place}`),
    member: async (of, place) => {
      const files = running.get(of) ?? membersMade(of);
      running.set(of, files);
      const file = (await files).get(`${owner}/${place}`);
      if (file === undefined) throw new Error(`${of} has no member at ${place} of ${owner}`);
      return file;
    },
  });
  const membersMade = async (name: string): Promise<ReadonlyMap<string, string>> => {
    const one = spanning.get(name);
    if (one === undefined) throw new Error(`nothing is called ${name}`);
    await mkdir(join(scratch, name));
    const members = membersOf(name, cluster).map(({ owner, place, bytes }, index) => {
      return { at: `${owner}/${place}`, file: join(scratch, name, `member-${index}.raw`), bytes };
    });
    for (const { file, bytes } of members) await emptyFile({ file, bytes });
    const inner = await makeInner(one, cluster, shopOf(name));
    const files = members.map(({ file }) => file);
    await makeSpanning(one, cluster, files, inner, shopOf(name));
    for (const { file } of inner) await rm(file);
    return new Map(members.map(({ at, file }) => [at, file]));
  };
  for (const [index, disk] of cluster.disk.entries()) {
    await mkdir(join(scratch, disk.name));
    await makeInto(disk, join(made, diskFile(index)), shopOf(disk.name));
  }
}

async function makeInner(one: Spanning, layout: Layout, shop: Workshop): Promise<readonly Inner[]> {
  const file = (name: string): string => shop.scratch(`inner-${name}.raw`);
  if (one.is === "array") {
    if (one.content === undefined && one.partition === undefined) return [];
    await makeInto(asDisk(one, layout), file(one.name), shop);
    return [{ name: one.name, file: file(one.name) }];
  }
  const inner: Inner[] = [];
  for (const { name, size, content } of one.is === "volume-group" ? one.volume : []) {
    if (content === undefined) continue;
    await makeContent(content, { file: file(name), bytes: bytesOf(size), place: name }, shop);
    inner.push({ name, file: file(name) });
  }
  return inner;
}

async function makeInto(disk: Disk, file: string, shop: Workshop): Promise<void> {
  if (disk.partition !== undefined) return makePartitions(disk, file, shop);
  await makeContent(disk.content ?? { type: "empty" }, { file, bytes: bytesOf(disk.size), place: "disk" }, shop);
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | undefined;
  return () => (value ??= make());
}
