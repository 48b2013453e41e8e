import { open, rm, truncate } from "node:fs/promises";
import { makeContent } from "./content.ts";
import type { Disk } from "../scenario/disks/layout.ts";
import { type Placed, placePartitions } from "../scenario/disks/placement.ts";
import { bytesOf } from "../scenario/disks/size.ts";
import { runTool } from "./tool.ts";
import type { Workshop } from "./workshop.ts";

/** Writes a GPT, then each partition's content, made in a file of its own, to its place. */
export async function makePartitions(disk: Disk, file: string, shop: Workshop): Promise<void> {
  await (await open(file, "wx", 0o600)).close();
  await truncate(file, bytesOf(disk.size));
  const placed = placePartitions(disk);
  const table = [`label: gpt`, `label-id: ${disk["table-uuid"] ?? shop.uuid("table")}`, "unit: sectors", ""];
  const lines = placed.map((one, index) => tableLine(one, shop.uuid(`${index + 1}`)));
  await runTool("sfdisk", ["--quiet", "--no-reread", "--no-tell-kernel", file], {
    input: [...table, ...lines].join("\n"),
  });
  for (const [index, { partition, start, bytes }] of placed.entries()) {
    if (partition.content === undefined) continue;
    const part = shop.scratch(`${index + 1}.raw`);
    await makeContent(partition.content, { file: part, bytes, place: `${index + 1}` }, shop);
    const blocks = ["bs=64K", "conv=notrunc,sparse", "oflag=seek_bytes", `seek=${start}`, "status=none"];
    await runTool("dd", [`if=${part}`, `of=${file}`, ...blocks]);
    await rm(part);
  }
}

/** In the words of sfdisk(8), which counts in sectors of 512 bytes here. */
function tableLine({ partition, start, bytes }: Placed, uuid: string): string {
  const type = partition.type ?? "linux";
  const name = partition.name === undefined ? [] : [`name="${partition.name}"`];
  const fields = [
    `start=${start / 512}`,
    `size=${bytes / 512}`,
    `uuid=${partition.uuid ?? uuid}`,
    `type=${types[type] ?? type}`,
  ];
  return `${[...fields, ...name].join(", ")}\n`;
}

/** The Discoverable Partitions Specification's types for x86-64, for which sfdisk has no short word. */
const types: Readonly<Record<string, string>> = {
  root: "4f68bce3-e8cd-4db1-96e7-fbcaf984b709",
  usr: "8484680c-9521-48c6-9c11-b0720656f69e",
  xbootldr: "bc13c2ff-59e6-4262-a352-b275fd6f7172",
};
