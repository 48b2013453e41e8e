import * as z from "zod";
import { deviceSpec, duration, setOf, size, table } from "../../config/schema.ts";

/** One table of `[verity]`. */
export const device = table({
  "data-device": deviceSpec.meta({
    description: "The device whose blocks are verified.",
    example: "PARTLABEL=root",
    instead: ["device", "data"],
  }),
  "hash-device": deviceSpec.meta({
    description: "The device with the hashes, as veritysetup(8) makes it. May be the data device, with `hash-offset`.",
    example: "PARTLABEL=root-hash",
    instead: ["hashes"],
  }),
  "hash-offset": size.optional().meta({
    description: "Where the hashes begin, in bytes.",
    example: 67108864,
  }),
  "root-hash": z
    .string()
    .regex(
      /^([0-9a-f]{2}){16,64}$/,
      "a root hash is written in lower case hexadecimal digits, as veritysetup prints it",
    )
    .optional()
    .meta({
      description:
        "The hash of all hashes. Default: it comes with `roothash=` on the kernel command line for `verity.root`, with `usrhash=` for `verity.usr`.",
      example: "4a3c…",
      instead: ["roothash", "hash"],
    }),
  "hash-algorithm": z
    .enum(["sha1", "sha256", "sha512", "blake2b-256"])
    .default("sha256")
    .meta({ description: "The algorithm that the hashes were made with; its module comes along." }),
  "on-corruption": z.enum(["fail", "restart", "panic"]).default("fail").meta({
    description:
      "What the kernel does when a block is not what the root hash says: give an error to whoever reads it, restart the machine, or panic.",
  }),
  "fec-device": deviceSpec.optional().meta({
    description: "A device with data for forward error correction (`veritysetup format --fec-device`).",
    example: "PARTLABEL=root-fec",
  }),
  options: setOf(z.enum(["ignore-zero-blocks", "check-at-most-once"]))
    .default([])
    .meta({ description: "Options of veritytab(5).", example: ["ignore-zero-blocks"] }),
  "device-timeout": duration.optional().meta({
    description: "How long to wait for the devices. Default: `stage-one.device-timeout`.",
    example: "30s",
    instead: ["timeout"],
  }),
});
export type DeclaredVerity = z.output<typeof device>;

/** The word of the kernel command line that gives the root hash which is not declared. */
export function hashWord(name: string): "roothash" | "usrhash" | undefined {
  if (name === "root") return "roothash";
  return name === "usr" ? "usrhash" : undefined;
}
