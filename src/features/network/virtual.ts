import * as z from "zod";
import { parseIpAddress } from "../../config/ip-address.ts";
import { duration, relativeOrSysrootPath, setOf, table, text } from "../../config/schema.ts";

/** `[VLAN]` of systemd.netdev(5). */
export const vlan = table({
  id: z.int().min(0).max(4094).meta({ description: "`Id=`." }),
  link: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/, "the name of a link")
    .meta({ description: "The link below it, whose `VLAN=` it is." }),
}).meta({ description: 'For `kind = "vlan"`.', example: { id: 5, link: "eth0" } });

const modes = [
  "balance-rr",
  "active-backup",
  "balance-xor",
  "broadcast",
  "802.3ad",
  "balance-tlb",
  "balance-alb",
] as const;

/** `[Bond]` of systemd.netdev(5). */
export const bonding = table({
  mode: z.enum(modes).default("balance-rr").meta({ description: "`Mode=`." }),
  "mii-monitor-sec": duration.optional().meta({ description: "`MIIMonitorSec=`.", example: "100ms" }),
  "lacp-transmit-rate": z.enum(["slow", "fast"]).optional().meta({ description: "`LACPTransmitRate=`." }),
  "transmit-hash-policy": z
    .enum(["layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4", "vlan+srcmac"])
    .optional()
    .meta({ description: "`TransmitHashPolicy=`." }),
}).meta({ description: 'For `kind = "bond"`.', example: { mode: "active-backup", "mii-monitor-sec": "100ms" } });

/** `[Bridge]` of systemd.netdev(5). */
export const bridging = table({
  stp: z.boolean().optional().meta({ description: "`STP=`." }),
  "forward-delay-sec": duration.optional().meta({ description: "`ForwardDelaySec=`.", example: "4s" }),
}).meta({ description: 'For `kind = "bridge"`.' });

const key = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, "a key of WireGuard has 44 characters, as wg(8) prints it");

const endpoint = text((value) => {
  const [, host = "", port = ""] = /^(.+):([0-9]{1,5})$/.exec(value) ?? [];
  const bare = /^\[(.*)\]$/.exec(host)?.[1];
  const isAddress = bare === undefined ? parseIpAddress(host)?.family === 4 : parseIpAddress(bare)?.family === 6;
  const isName = /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/.test(host);
  return (isAddress || isName) && Number(port) >= 1 && Number(port) <= 65535
    ? undefined
    : 'an end point is written as "vpn.example.org:51820"';
});

const peer = table({
  "public-key": key.meta({ description: "`PublicKey=`." }),
  "preshared-key-file": relativeOrSysrootPath.optional().meta({ description: "A file with the `PresharedKey=`." }),
  endpoint: endpoint.optional().meta({ description: "`Endpoint=`." }),
  "allowed-ips": setOf(
    text((value) => (parseIpAddress(value) === undefined ? 'a network is written as "192.0.2.0/24"' : undefined)),
  )
    .default([])
    .meta({ description: "`AllowedIPs=`. Routes are declared with `routes`." }),
  "persistent-keepalive": z
    .int()
    .min(1)
    .max(65535)
    .optional()
    .meta({ description: "`PersistentKeepalive=`, in seconds." }),
});

/** `[WireGuard]` and `[WireGuardPeer]` of systemd.netdev(5). */
export const wireguard = table({
  "private-key-file": relativeOrSysrootPath.meta({
    description: "A file with the private key, put into the image, which is then readable by its owner only.",
  }),
  "listen-port": z.int().min(1).max(65535).optional().meta({ description: "`ListenPort=`." }),
  peers: z.array(peer).default([]).meta({ description: "Each as a `[WireGuardPeer]` section." }),
}).meta({ description: 'For `kind = "wireguard"`.' });
export type DeclaredWireguard = z.output<typeof wireguard>;
