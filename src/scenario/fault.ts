import * as z from "zod";
import type { Disk } from "./disks/layout.ts";
import { bytesOf, size } from "./disks/size.ts";
import type { Mistake } from "./mistake.ts";
import { momentSchema } from "./moment.ts";

/** `[fault.NAME]`: what is wrong with the disk NAME. */
export const faultSchema = z.strictObject({
  arrives: momentSchema.optional().meta({ description: "It is plugged in then, and not there before" }),
  leaves: momentSchema.optional().meta({ description: "It is unplugged then; the guest's kernel lets it go" }),
  returns: momentSchema.optional().meta({ description: "It is plugged in again then" }),
  "read-only": z.boolean().default(false),
  "bad-sectors": z
    .array(z.string().regex(/^\d{1,12}(-\d{1,12})?$/, 'sectors of 512 bytes are "2048" or "2048-2055"'))
    .default([])
    .meta({ description: "Sectors of 512 bytes that fail to be read, with an I/O error" }),
  "requests-per-second": z.int().min(1).optional().meta({ description: "It answers no more than so many" }),
  "bytes-per-second": size.optional().meta({ description: "It moves no more than so many" }),
});

export type FaultWanted = z.infer<typeof faultSchema>;

/** First and last sector of a range. */
export type Sectors = readonly [number, number];

export function sectorsOf(text: string): Sectors {
  const [first = "0", last = first] = text.split("-");
  return [Number(first), Number(last)];
}

/** QEMU is told each sector alone. */
const mostSectors = 4096;

/** What is wrong with the faults of one boot; paths begin at `fault`. */
export function faultMistakes(
  faults: Readonly<Record<string, FaultWanted>>,
  world: { readonly disks: readonly Disk[]; readonly missing: readonly string[]; readonly machine: string },
): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  for (const [name, fault] of Object.entries(faults)) {
    const wrong = (message: string, ...path: (string | number)[]): void => {
      mistakes.push({ code: "U689", message, path: ["fault", name, ...path] });
    };
    const disk = world.disks.find((one) => one.name === name);
    if (disk === undefined) {
      wrong(`there is no disk ${name}; the disks are ${world.disks.map((one) => one.name).join(", ")}`);
      continue;
    }
    const { interface: bus = "virtio" } = disk;
    if (bus !== "virtio") wrong(`disk ${name} is connected by ${bus}; only one on virtio can have a fault`);
    if (world.missing.includes(name)) wrong(`disk ${name} is missing altogether`);
    if (world.machine === "microvm" && (fault.arrives ?? fault.leaves) !== undefined) {
      wrong("nothing can be plugged into a microvm");
    }
    if (fault.returns !== undefined && fault.leaves === undefined) {
      wrong(`disk ${name} never leaves`, "returns");
    }
    const sectors = bytesOf(disk.size) / 512;
    fault["bad-sectors"].forEach((text, index) => {
      const [first, last] = sectorsOf(text);
      if (first > last) wrong("the first sector of a range is the lower one", "bad-sectors", index);
      else if (last >= sectors) wrong(`disk ${name} has ${sectors} sectors`, "bad-sectors", index);
    });
    const bad = fault["bad-sectors"].reduce((sum, text) => sum + sectorsOf(text)[1] - sectorsOf(text)[0] + 1, 0);
    if (bad > mostSectors) wrong(`no more than ${mostSectors} sectors of a disk can be bad`, "bad-sectors");
  }
  return mistakes;
}
