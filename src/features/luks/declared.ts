import * as z from "zod";
import { deviceSpec, duration, name, relativeOrSysrootPath, setOf, table } from "../../config/schema.ts";
import { optionComplaint } from "./options.ts";

const option = z.string().superRefine((value, context) => {
  const message = optionComplaint(value);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

/**
 * The device mapper spells other characters differently in /dev/mapper (libdm's mangling), and a name that begins with
 * a dash is an option to the programs that get it.
 */
export const mapping = name
  .regex(
    /^[A-Za-z0-9#+.:=@_][A-Za-z0-9#+.:=@_-]*$/,
    "the name of a mapping has letters, digits and #+-.:=@_, and does not begin with a dash",
  )
  .refine((text) => text !== "control", "/dev/mapper/control is the device mapper itself")
  .meta({ title: "name" });

const programOfOnesOwn = z
  .array(z.string().regex(/^\P{Cc}*$/u, "a word of a command has no control characters"))
  .min(1)
  .meta({
    description: "A program of the sysroot, by name or absolute path, and its arguments.",
    example: ["/usr/bin/ykchalresp", "-2", "challenge"],
  });

/** One table of `[luks]`. */
export const device = table({
  device: deviceSpec.meta({
    description: "The encrypted block device.",
    example: "UUID=7c9a…",
    instead: ["uuid", "source", "disk"],
  }),
  unlock: z
    .array(z.union([z.enum(["key-file", "passphrase"]), table({ command: programOfOnesOwn })]))
    .min(1)
    .optional()
    .meta({
      description:
        'The ways to unlock, in order. Default: `key-file` and then `passphrase` when there is a `key-file`, else `passphrase`. `{ command = ["PROGRAM", …] }` runs a program of the sysroot that prints the key, exactly its bytes; only the scripted stage one can.',
      example: ["key-file", "passphrase"],
    }),
  "key-file": relativeOrSysrootPath.optional().meta({
    description: "A file with the key, put into the image, which is then readable by its owner only.",
    example: "keys/root.key",
    instead: ["keyfile", "key"],
  }),
  header: relativeOrSysrootPath.optional().meta({
    description: "A file with a detached LUKS header, put into the image.",
    example: "root.header",
  }),
  options: setOf(option)
    .default([])
    .meta({ description: "Options of crypttab(5).", example: ["discard"] }),
  nofail: z.boolean().default(false).meta({ description: "Boot without it when it cannot be unlocked." }),
  "device-timeout": duration.optional().meta({
    description: "How long to wait for the encrypted device. Default: `stage-one.device-timeout`.",
    example: "30s",
    instead: ["timeout"],
  }),
});
export type DeclaredLuks = z.output<typeof device>;
export type Way = NonNullable<DeclaredLuks["unlock"]>[number];

/** The program that prints the key, and its arguments. */
export function commandOf(ways: readonly Way[]): readonly string[] | undefined {
  return ways.map((way) => (typeof way === "string" ? undefined : way.command)).find((one) => one !== undefined);
}

/** `key-file`, `command` or `passphrase`. */
export function wayName(way: Way): string {
  return typeof way === "string" ? way : "command";
}

/** Where the image keeps what unlocks a device; both lie in the layer of secrets. */
export interface UnlockFiles {
  readonly keyFile?: string;
  readonly header?: string;
}
