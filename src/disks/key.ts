import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { isContainer, type Content } from "../scenario/disks/layout.ts";
import { heldContents } from "../scenario/disks/members.ts";
import { spanningOf, type Layout } from "../scenario/disks/spanning.ts";
import type { Payload } from "../scenario/disks/payload.ts";
import { type Sources, staged } from "./staged.ts";
import { toolVersion, type ToolName } from "./tool.ts";
import type { Workshop } from "./workshop.ts";

/** Raise this when the same declaration makes another disk. */
const recipe = 2;

/** The name under which disks that belong together are kept: a hash of all that they are made from, programs included. */
export async function clusterKey(
  cluster: Layout,
  sources: Pick<Workshop, "builder" | "image" | keyof Sources>,
): Promise<string> {
  const spanning = [...spanningOf(cluster).values()];
  const [first] = cluster.disk;
  const whole = spanning.length === 0 && cluster.disk.length === 1 ? first : { disks: cluster.disk, spanning };
  const hash = createHash("sha256").update(JSON.stringify([recipe, sorted(whole)]));
  const contents = heldContents(cluster).flatMap(({ content }) => withInner(content));
  for (const content of contents) {
    for (const payload of payloads(content)) hash.update(await payloadDigest(payload, sources));
    if (takesGuest(content)) hash.update(await sources.builder.version());
    if (content.type === "image") hash.update(await identity(await sources.image(content.image)));
  }
  for (const pool of cluster.pool ?? []) {
    for (const payload of payloads({ type: "btrfs", ...pool })) hash.update(await payloadDigest(payload, sources));
  }
  if (spanning.length > 0) hash.update(`${spanningRecipe} ${await sources.builder.version()}`);
  const tools = new Set(contents.flatMap((content) => toolsOf[content.type]));
  if ([...cluster.disk, ...(cluster.array ?? [])].some((one) => one.partition !== undefined)) tools.add("sfdisk");
  for (const tool of [...tools].sort()) hash.update(`${tool} ${await toolVersion(tool)}\n`);
  return `${first?.name ?? "none"}-${hash.digest("hex").slice(0, 24)}`;
}

/** The same for arrays, volume groups and pools. */
const spanningRecipe = 1;

const toolsOf: Readonly<Record<Content["type"], readonly ToolName[]>> = {
  beside: [],
  btrfs: [],
  empty: [],
  erofs: ["mkfs.erofs"],
  ext4: ["mke2fs"],
  f2fs: [],
  image: [],
  integrity: [],
  iso9660: ["xorriso"],
  luks: ["cryptsetup"],
  member: [],
  raw: [],
  squashfs: ["mksquashfs"],
  swap: ["mkswap"],
  verity: ["veritysetup"],
  vfat: ["mkfs.vfat", "mcopy"],
  xfs: ["mkfs.xfs"],
};

function takesGuest(content: Content): boolean {
  if (content.type === "luks") return content.integrity !== undefined;
  return content.type === "btrfs" || content.type === "f2fs" || content.type === "integrity";
}

function withInner(content: Content): readonly Content[] {
  if (isContainer(content)) return [content, ...withInner(content.content)];
  if (content.type !== "ext4") return [content];
  return [content, ...Object.values(content.images ?? {}).flatMap((image) => withInner(image.content))];
}

function payloads(content: Content): readonly Payload[] {
  switch (content.type) {
    case "btrfs":
      return [content, ...Object.values(content.subvolumes ?? {})];
    case "ext4":
    case "xfs":
    case "vfat":
    case "squashfs":
    case "f2fs":
    case "erofs":
    case "iso9660":
      return [content];
    default:
      return [];
  }
}

async function payloadDigest(payload: Payload, sources: Sources): Promise<string> {
  const hash = createHash("sha256");
  for (const file of await staged(payload, sources)) {
    hash.update(JSON.stringify(file));
    if (file.type === "file" && "copyOf" in file.content) hash.update(await readFile(file.content.copyOf));
  }
  return hash.digest("hex");
}

/** An image can be a gigabyte: its path, size and time stand for its bytes. */
async function identity(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return JSON.stringify([path, found?.size, found?.mtimeMs]);
}

/** The same value whatever the order in which the keys of its tables were written. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, inner]) => [key, sorted(inner)]);
}
