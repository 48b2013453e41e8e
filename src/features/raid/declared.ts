import type * as z from "zod";
import * as zod from "zod";
import { deviceSpec, duration, relativeOrSysrootPath, table, text } from "../../config/schema.ts";

/** What mdadm takes for the name of an array below /dev/md, and writes into metadata from version 1 on. */
export const arrayName = text((name) => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(name)) {
    return "the name of an array has at most 32 letters, digits, dots, dashes and underscores, and begins with one of the first two";
  }
  return /^md\D/.test(name) ? "a name that begins with `md` goes on with a number: `md0`, or another name" : undefined;
}).meta({ title: "name" });

const levels = ["linear", "0", "1", "4", "5", "6", "10"] as const;

/** One table of `[raid]`. */
export const array = table({
  devices: zod
    .array(
      deviceSpec.refine(
        ({ path }) => !/[*?[\]|"]/.test(path),
        'a device of an array has none of * ? [ ] | " in its path: udev would read them as a pattern',
      ),
    )
    .min(1)
    .optional()
    .meta({
      description: "Its devices, all of them. With `uuid` or `name` they need not be known.",
      example: ["PARTLABEL=a", "PARTLABEL=b"],
      instead: ["device", "members"],
    }),
  uuid: text((uuid) =>
    /^[0-9a-f]{32}$/i.test(uuid.replace(/[:-]/g, ""))
      ? undefined
      : "the UUID of an array has 32 hexadecimal digits, with colons or dashes between them",
  )
    .optional()
    .meta({
      description: "The UUID of the array, as `mdadm --detail` says it.",
      example: "7c9a6f0e:52a14f4e:8a55b6ab:3d3a4f10",
    }),
  name: text((name) =>
    /^[A-Za-z0-9._:+=@-]{1,32}$/.test(name)
      ? undefined
      : "a name in the metadata of an array has at most 32 letters, digits and .:+=@_-",
  )
    .optional()
    .meta({ description: "The name in its metadata, with or without that of its machine.", example: "server:root" }),
  config: relativeOrSysrootPath.optional().meta({
    description:
      "An mdadm.conf(5), of which the line `ARRAY` for this array is taken: `/dev/md/NAME`, or for `md0` `/dev/md0`.",
    example: "/etc/mdadm/mdadm.conf",
  }),
  level: zod.enum(levels).optional().meta({
    description: "Only the driver of this level goes into the image. Default: those of all levels.",
    example: "1",
  }),
  degraded: zod
    .boolean()
    .default(false)
    .meta({
      description: "Start it without all of its devices, when those that came are enough.",
      instead: ["run"],
    }),
  "degraded-after": duration.optional().meta({
    description: "How long to wait for the others, from when there are enough. Default: 30 s.",
    example: "10s",
  }),
  nofail: zod.boolean().default(false).meta({ description: "Boot without it when it cannot be started." }),
  "device-timeout": duration.optional().meta({
    description: "How long to wait for its devices. Default: `stage-one.device-timeout`.",
    example: "30s",
    instead: ["timeout"],
  }),
});
export type DeclaredArray = z.output<typeof array>;

/** The device as declared: `[raid.md0]` is /dev/md0, any other /dev/md/NAME. */
export function arrayDevice(name: string): `/dev/${string}` {
  return /^md\d+$/.test(name) ? `/dev/${name}` : `/dev/md/${name}`;
}

export const defaultDegradedAfter = 30;
