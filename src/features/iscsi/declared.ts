import * as z from "zod";
import { parseIpAddress } from "../../config/ip-address.ts";
import { table, text } from "../../config/schema.ts";

const name = text((value) =>
  /^(?:iqn\.[0-9]{4}-[0-9]{2}\.[a-z0-9.-]+(?::[a-z0-9.:_-]+)?|eui\.[0-9A-Fa-f]{16}|naa\.[0-9A-Fa-f]{16,32})$/.test(
    value,
  ) && value.length <= 223
    ? undefined
    : 'an iSCSI name is written as "iqn.2024-01.org.example:disk"',
);

const address = text((value) => {
  const parsed = parseIpAddress(value);
  return parsed === undefined || parsed.prefix !== undefined
    ? 'an address here is "192.0.2.1" or "2001:db8::1": iscsistart(8) looks up no names'
    : undefined;
});

/** `[iscsi.NAME]`. */
export const session = table({
  address: address.meta({ description: "Where the target is.", example: "192.0.2.1", instead: ["portal", "server"] }),
  port: z.int().min(1).max(65535).default(3260).meta({ description: "The port of the target." }),
  target: name.meta({ description: "The name of the target.", example: "iqn.2024-01.org.example:disk" }),
  "target-portal-group": z.int().min(0).max(65535).default(1).meta({ description: "The tag of its portal group." }),
  initiator: name.meta({
    description: "The name that this machine has, `InitiatorName=` of its /etc/iscsi/initiatorname.iscsi.",
    example: "iqn.2024-01.org.example:machine",
  }),
  nofail: z.boolean().default(false).meta({ description: "Go on without it when the target does not answer." }),
});
export type DeclaredSession = z.output<typeof session>;
