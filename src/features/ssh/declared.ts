import * as z from "zod";
import { parseIpAddress } from "../../config/ip-address.ts";
import { relativeOrSysrootPath, setOf, table, text } from "../../config/schema.ts";

const line = text((value) => (/^[^\p{Cc}]+$/u.test(value) ? undefined : "a key is one line"));
const address = text((value) => {
  const parsed = parseIpAddress(value);
  return parsed === undefined || parsed.prefix !== undefined
    ? 'an address is written as "192.0.2.1" or "2001:db8::1"'
    : undefined;
});
const command = text((value) =>
  /^\/[^\p{Cc}]+$/u.test(value) ? undefined : "a command begins with the absolute path of a program of the image",
);

/** Where the host key is kept that unitrd makes. */
export const madeHostKey = "ssh-host-key";

export const schema = table({
  "authorized-keys": setOf(line)
    .default([])
    .meta({
      description: "Public keys of those who may log in, as root: a line of authorized_keys(5) each.",
      example: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEHlSy4V2tmDg0JYcuP1eyL4hL0nOqvQW0S9oNb3m4Cw owner"],
    }),
  "authorized-keys-files": setOf(relativeOrSysrootPath)
    .default([])
    .meta({
      description: "Files of such lines, beside the declaration or, with an absolute path, in the sysroot.",
      example: ["/root/.ssh/authorized_keys"],
    }),
  "host-keys": setOf(relativeOrSysrootPath)
    .optional()
    .meta({
      description: `Private host keys. Without this one is made when the image is built first, and kept beside the declaration as \`${madeHostKey}\`.`,
      example: ["keys/initrd-host-key"],
    }),
  server: z.enum(["openssh", "dropbear"]).optional().meta({
    description: "Which server of the sysroot it is. Default: OpenSSH where the sysroot has it, or else dropbear.",
  }),
  port: z.int().min(1).max(65_535).default(22).meta({ description: "The port that it listens at." }),
  listen: setOf(address)
    .default([])
    .meta({
      description: "Addresses that it listens at, once the network is up. Default: all, from the start.",
      example: ["192.0.2.7"],
    }),
  command: command.optional().meta({
    description: "What somebody who logs in gets instead of the questions for pass phrases.",
    example: "/usr/bin/systemctl default",
  }),
  shell: z.boolean().default(false).meta({
    description: "Whoever logs in gets a shell, or the command that the client names.",
  }),
});
export type DeclaredSsh = z.output<typeof schema>;
