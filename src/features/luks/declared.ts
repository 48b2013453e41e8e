import * as z from "zod";
import {
  absolutePath,
  deviceSpec,
  duration,
  name,
  relativeOrSysrootPath,
  setOf,
  size,
  table,
  text,
} from "../../config/schema.ts";
import { optionComplaint } from "./options.ts";

const option = z.string().superRefine((value, context) => {
  const message = optionComplaint(value);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

const programOfOnesOwn = z
  .array(z.string().regex(/^\P{Cc}*$/u, "a word of a command has no control characters"))
  .min(1)
  .meta({
    description: "A program of the sysroot, by name or absolute path, and its arguments.",
    example: ["/usr/bin/ykchalresp", "-2", "challenge"],
  });

/** As crypttab(5) and luksDump write it: `aes-xts-plain64`, `aes-cbc-essiv:sha256`, `capi:…` of the kernel. */
function cipherComplaint(cipher: string): string | undefined {
  return /^[a-z0-9]+([-,:(][a-z0-9()]+)+$/.test(cipher) ? undefined : 'a cipher is written as "aes-xts-plain64"';
}

/** A key on a device of its own: a file of a file system there, or bytes of the device itself. */
const keyDevice = table({
  "key-device": deviceSpec.meta({
    description: "The device that holds the key.",
    example: "UUID=ABCD-1234",
  }),
  type: z
    .enum(["vfat", "exfat", "ext4", "ext3", "ext2", "xfs", "btrfs", "iso9660", "squashfs", "erofs", "f2fs"])
    .optional()
    .meta({
      description: "The type of the file system on it. Without one the key is read from the device itself.",
      example: "vfat",
    }),
  path: absolutePath.optional().meta({ description: "The file in that file system.", example: "/keys/root.key" }),
  offset: size.optional().meta({ description: "Where the key begins, in bytes. Default: 0.", example: 4096 }),
  size: size
    .optional()
    .meta({ description: "The length of the key in bytes. Default: all that is there.", example: 64 }),
  timeout: duration.default(10).meta({
    description: "How long to wait for the device before the next way is tried.",
    example: "10s",
  }),
});
export type KeyDevice = z.output<typeof keyDevice>;

/** One table of `[luks]`. */
export const device = table({
  device: deviceSpec.meta({
    description: "The encrypted block device.",
    example: "UUID=7c9a…",
    instead: ["uuid", "source", "disk"],
  }),
  unlock: z
    .array(
      z.union([
        z.enum(["key-file", "empty-passphrase", "credential", "passphrase"]),
        keyDevice,
        table({ command: programOfOnesOwn }),
      ]),
    )
    .min(1)
    .optional()
    .meta({
      description:
        'The ways to unlock, each tried when those before it did not open the device, which the console says. Default: `key-file` and then `passphrase` when there is a `key-file`, else `passphrase`. `key-file` is the declared one; `{ key-device = "UUID=…", type = "vfat", path = "/root.key" }` is a key on a device of its own; `empty-passphrase` opens what has not got its pass phrase yet; `credential` is the credential `cryptsetup.passphrase` of the machine (SMBIOS, fw_cfg, `systemd.set_credential=`). `{ command = ["PROGRAM", …] }` runs a program of the sysroot that prints the key, exactly its bytes; only the scripted stage one can.',
      example: ["key-file", "passphrase"],
    }),
  "key-file": z
    .union([relativeOrSysrootPath, table({ secret: name })])
    .optional()
    .meta({
      description:
        'A file with the key, put into the image, which is then readable by its owner only. `{ secret = "NAME" }` is that of `[secrets.NAME]`, which may come from a program of the build machine, or be decrypted by the TPM.',
      example: "keys/root.key",
      instead: ["keyfile", "key"],
    }),
  header: relativeOrSysrootPath.optional().meta({
    description: "A file with a detached LUKS header, put into the image.",
    example: "root.header",
  }),
  "header-device": deviceSpec.optional().meta({
    description: "A device that holds the detached LUKS header.",
    example: "PARTLABEL=header",
  }),
  cipher: text(cipherComplaint).optional().meta({
    description:
      "The cipher, as `cryptsetup luksDump` names it, with its modules. Default: what cryptsetup has ever made by itself (aes in xts or cbc).",
    example: "serpent-xts-plain64",
  }),
  integrity: z.enum(["hmac-sha1", "hmac-sha256", "hmac-sha512", "poly1305", "aead", "none"]).optional().meta({
    description:
      "That the device is authenticated (`cryptsetup luksFormat --integrity`), and how: its modules come along. The device itself says the rest.",
    example: "hmac-sha256",
  }),
  tries: z
    .int()
    .min(1)
    .optional()
    .meta({ description: "How often a wrong pass phrase may be typed. Default: without end.", example: 3 }),
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
  return ways.map((way) => (typeof way === "object" && "command" in way ? way.command : undefined)).find(Boolean);
}

/** The table of a way that reads the key from a device of its own. */
export function keyDeviceOf(way: Way): KeyDevice | undefined {
  return typeof way === "object" && "key-device" in way ? way : undefined;
}

/** `key-file`, `key-device`, `command`, `passphrase` …: each counts once but for `key-device`. */
export function wayName(way: Way): string {
  if (typeof way === "string") return way;
  return "command" in way ? "command" : "key-device";
}

/** For sentences: `the key on UUID=…`. */
export function describeWay(way: Way): string {
  if (typeof way === "object") {
    return "command" in way ? "the program that makes the key" : `the key on ${way["key-device"].spec}`;
  }
  return {
    "key-file": "the key file",
    "empty-passphrase": "an empty pass phrase",
    credential: "the credential",
    passphrase: "a pass phrase",
  }[way];
}

/** The name of a way in the plan: its place in the order, as several may be of one kind. */
export function wayId(ways: readonly Way[], index: number): string {
  const way = ways[index];
  return `${index + 1}-${way === undefined ? "" : wayName(way)}`;
}

/** Where the image keeps what unlocks a device; both lie in the layer of secrets. */
export interface UnlockFiles {
  readonly keyFile?: string;
  readonly header?: string;
}
