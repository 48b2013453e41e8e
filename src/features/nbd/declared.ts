import * as z from "zod";
import { parseIpAddress } from "../../config/ip-address.ts";
import { table, text } from "../../config/schema.ts";

/** What the kernel calls the device. */
export const deviceName = text((name) =>
  /^nbd(?:0|[1-9][0-9]?)$/.test(name) ? undefined : "a network block device is called as its node: `nbd0`",
);

const server = text((value) =>
  parseIpAddress(value)?.prefix === undefined && /^[A-Za-z0-9][A-Za-z0-9.:-]*$/.test(value)
    ? undefined
    : 'a server is written as "192.0.2.1", "2001:db8::1" or "disks.example.org"',
);

/** `[nbd.nbd0]`. */
export const nbdDevice = table({
  server: server.meta({ description: "Where its server is.", example: "192.0.2.1", instead: ["host", "address"] }),
  port: z.int().min(1).max(65535).default(10809).meta({ description: "The port of the server." }),
  export: z
    .string()
    .regex(/^[^\p{Cc}-][^\p{Cc}]*$/u, "the name of an export is one line and does not begin with `-`")
    .optional()
    .meta({ description: "The name of the export. Default: the one that the server gives to who asks for none." }),
  "read-only": z.boolean().default(false).meta({ description: "Never write to it." }),
  nofail: z.boolean().default(false).meta({ description: "Go on without it when the server does not answer." }),
});
export type DeclaredNbd = z.output<typeof nbdDevice>;
