import * as z from "zod";
import { deviceSpec, duration, table } from "../../config/schema.ts";

/** `[hibernation]`: where the memory of a machine that was suspended to disk lies. */
export const declared = table({
  resume: deviceSpec.meta({
    description:
      "The device with the memory image: the swap partition, or the file system's device when the image lies in a swap file.",
    example: "UUID=5d1f…",
    instead: ["device", "swap"],
  }),
  offset: z
    .int("an offset is a whole number")
    .min(0)
    .max(2 ** 51)
    .optional()
    .meta({
      description:
        "For a swap file: where it begins on the device, in pages, as `resume_offset=` of the kernel. `filefrag -v` prints it as the first physical offset; for btrfs `btrfs inspect-internal map-swapfile -r`.",
      example: 34_816,
      instead: ["resume-offset"],
    }),
  "device-timeout": duration.optional().meta({
    description:
      "How long to wait for the device; the machine then starts afresh. Default: `stage-one.device-timeout`.",
    example: "30s",
    instead: ["timeout"],
  }),
});
export type DeclaredHibernation = z.output<typeof declared>;
