import * as z from "zod";
import { deviceSpec, duration, relativeOrSysrootPath, setOf, table, text } from "../../config/schema.ts";

/** lvm(8), "Valid names". */
const lvmName = (what: string) =>
  text((name) => {
    if (!/^[A-Za-z0-9+_.][A-Za-z0-9+_.-]{0,62}$/.test(name)) {
      return `the name of ${what} has at most 63 letters, digits and +_.-, and does not begin with a dash`;
    }
    return name === "." || name === ".." ? `the name of ${what} is not \`${name}\`` : undefined;
  }).meta({ title: "name" });

export const groupName = lvmName("a volume group");
const volumeName = lvmName("a logical volume");

/** Kinds of volumes that take more than the device mapper itself has. */
const kinds = ["cache", "mirror", "raid", "snapshot"] as const;

/** One table of `[lvm]`. */
export const group = table({
  volumes: setOf(volumeName)
    .default([])
    .meta({
      description: "The logical volumes that are activated. No others are.",
      example: ["root", "swap"],
      instead: ["volume", "lvs"],
    }),
  thin: setOf(volumeName)
    .default([])
    .meta({
      description:
        "Those of them that lie in a thin pool, which is checked and activated with them once the machine has decided not to resume.",
      example: ["home"],
    }),
  kinds: setOf(z.enum(kinds))
    .default([])
    .meta({ description: "Kinds of volumes among them besides linear, striped and thin ones.", example: ["raid"] }),
  devices: z
    .array(deviceSpec)
    .min(1)
    .optional()
    .meta({
      description:
        "Its physical volumes, all of them. Without, they are looked for on disks, arrays and in open LUKS devices.",
      example: ["/dev/mapper/crypt"],
      instead: ["pvs", "device"],
    }),
  partial: z
    .boolean()
    .default(false)
    .meta({
      description:
        "Go on without all physical volumes when the time is over. What lies on the missing ones fails when read.",
      instead: ["degraded"],
    }),
  config: relativeOrSysrootPath.optional().meta({
    description: "An lvm.conf(5) for this group. Default: one that filters nothing and writes nothing.",
    example: "/etc/lvm/lvm.conf",
  }),
  nofail: z.boolean().default(false).meta({ description: "Boot without it when it cannot be activated." }),
  "device-timeout": duration.optional().meta({
    description: "How long to wait for its physical volumes. Default: `stage-one.device-timeout`.",
    example: "30s",
    instead: ["timeout"],
  }),
});
export type DeclaredGroup = z.output<typeof group>;

/** Both names of a volume, that of its mapping first; the device mapper doubles the dashes in names. */
export function volumeDevices(
  group: string,
  volume: string,
): readonly [`/dev/${string}`, `/dev/${string}`, `/dev/${string}`] {
  const mapping = `${group.replaceAll("-", "--")}-${volume.replaceAll("-", "--")}`;
  return [`/dev/mapper/${mapping}`, `/dev/${group}/${volume}`, `/dev/disk/by-id/dm-name-${mapping}`];
}
