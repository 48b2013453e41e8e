import * as z from "zod";
import { parseIpAddress } from "../../config/ip-address.ts";
import { duration, namedTables, relativeOrSysrootPath, setOf, table, text } from "../../config/schema.ts";
import { bonding, bridging, vlan, wireguard } from "./virtual.ts";

/** Bytes; IFNAMSIZ of the kernel, less the final NUL. */
const nameLimit = 15;

/** What the kernel takes as the name of a link, and what needs no quotes in a shell or a path. */
function nameComplaint(name: string): string | undefined {
  if (["all", "any", "default", "lo"].includes(name)) return `no link here may be called \`${name}\``;
  return name.length <= nameLimit && /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)
    ? undefined
    : `the name of a link has at most ${nameLimit} letters, digits, \`_\`, \`.\` and \`-\``;
}

const linkName = text(nameComplaint).meta({ title: "name of a link" });

/** Every Ethernet link that nothing else is said of. */
export const anyLink = "*";

const linkKey = text((name) => (name === anyLink ? undefined : nameComplaint(name))).meta({ title: "name of a link" });

const address = text((value) =>
  parseIpAddress(value)?.prefix === undefined ? 'an address here has its prefix: "192.0.2.1/24"' : undefined,
);
const host = text((value) => {
  const parsed = parseIpAddress(value);
  return parsed === undefined || parsed.prefix !== undefined
    ? 'an address is written as "192.0.2.1" or "2001:db8::1"'
    : undefined;
});
const network = text((value) =>
  parseIpAddress(value) === undefined ? 'a network is written as "192.0.2.0/24" or "2001:db8::/32"' : undefined,
);
const macAddress = text((value) =>
  /^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$/.test(value) ? undefined : 'a MAC address is written as "52:54:00:12:34:56"',
);
const domain = text((value) =>
  /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(value) && value.length <= 253
    ? undefined
    : 'a domain is written as "example.org"',
);
const pattern = text((value) =>
  /^[A-Za-z0-9_.:@*?/-]+$/.test(value) ? undefined : "a pattern here has letters, digits, `_.:@/-`, `*` and `?`",
);

const match = table({
  "mac-address": macAddress.optional().meta({ description: "`MACAddress=`.", example: "52:54:00:12:34:56" }),
  driver: pattern.optional().meta({ description: "`Driver=`: the driver of the hardware.", example: "virtio_net" }),
  path: pattern
    .optional()
    .meta({ description: "`Path=`: where it is plugged in, `ID_PATH` of udev.", example: "pci-0000:00:02.0" }),
}).meta({ description: "Which hardware it is. All that is given must fit; it is then called NAME." });

const route = table({
  destination: network.optional().meta({ description: "`Destination=`. Default: everything." }),
  gateway: host.optional().meta({ description: "`Gateway=`." }),
  metric: z.int().min(0).max(4294967295).optional().meta({ description: "`Metric=`." }),
  "preferred-source": host.optional().meta({ description: "`PreferredSource=`." }),
  "gateway-on-link": z.boolean().default(false).meta({ description: "`GatewayOnLink=`." }),
});
export type DeclaredRoute = z.output<typeof route>;

/** One table of `[network.links]`. */
export const link = table({
  match: match.optional(),
  kind: z
    .enum(["vlan", "bridge", "bond", "dummy", "wireguard"])
    .optional()
    .meta({ description: "`Kind=` of systemd.netdev(5), for a link that is made here. Without it, it is hardware." }),
  "mac-address": macAddress.optional().meta({ description: "`MACAddress=`: the address it gets." }),
  "mtu-bytes": z
    .int()
    .min(68)
    .max(65535)
    .optional()
    .meta({ description: "`MTUBytes=`.", example: 9000, instead: ["mtu"] }),
  dhcp: z
    .union([z.boolean(), z.enum(["ipv4", "ipv6"])])
    .default(false)
    .meta({
      description:
        '`DHCP=`. `true` is both kinds; `"ipv4"` is all that the scripted stage one can. DHCPv6 is asked when a router says so.',
      example: true,
      instead: ["dhcp4"],
    }),
  address: setOf(address)
    .default([])
    .meta({ description: "`Address=`, with the prefix.", example: ["192.0.2.7/24"], instead: ["addresses", "ip"] }),
  gateway: setOf(host)
    .default([])
    .meta({ description: "`Gateway=`: the default route.", example: ["192.0.2.1"] }),
  dns: setOf(host)
    .default([])
    .meta({ description: "`DNS=`: name servers.", example: ["192.0.2.1"], instead: ["nameservers"] }),
  domains: setOf(domain)
    .default([])
    .meta({ description: "`Domains=`: where names are looked up.", example: ["example.org"] }),
  "use-dns": z
    .boolean()
    .default(true)
    .meta({ description: "`UseDNS=`: whether name servers that DHCP or a router tell are used." }),
  "ipv6-accept-ra": z.boolean().optional().meta({
    description: "`IPv6AcceptRA=`: whether a router's word is taken. Default: yes, as the kernel does.",
  }),
  "link-local-addressing": z
    .enum(["yes", "no", "ipv4", "ipv6"])
    .optional()
    .meta({ description: "`LinkLocalAddressing=`. Default: `ipv6`." }),
  "client-identifier": z.enum(["mac", "duid"]).default("mac").meta({
    description:
      "`ClientIdentifier=` of DHCPv4. With `mac`, the real system gets the same address if it sends the same; a `duid` is made anew at each boot, as an initrd has no identity.",
  }),
  "route-metric": z
    .int()
    .min(0)
    .max(4294967295)
    .optional()
    .meta({ description: "`RouteMetric=`, of routes that DHCP or a router tell." }),
  routes: z
    .array(route)
    .default([])
    .meta({
      description: "More routes, each as a `[Route]` section.",
      example: [{ destination: "10.0.0.0/8", gateway: "192.0.2.254" }],
    }),
  bridge: linkName.optional().meta({ description: "`Bridge=`: the bridge that it is a port of.", example: "br0" }),
  bond: linkName.optional().meta({ description: "`Bond=`: the bond that it is a part of.", example: "bond0" }),
  vlan: vlan.optional(),
  "bond-options": bonding.optional(),
  "bridge-options": bridging.optional(),
  wireguard: wireguard.optional(),
  "required-for-boot": z.boolean().default(false).meta({
    description:
      "Whether the real system starts only when this link is up. Mounts and others that need the network wait by themselves.",
  }),
  nofail: z
    .boolean()
    .default(false)
    .meta({ description: "With `required-for-boot`: start the real system without it after `timeout`." }),
  timeout: duration.default(30).meta({
    description: "How long whoever needs the link waits for it to be up.",
    example: "1min",
    instead: ["wait-timeout"],
  }),
});
export type DeclaredLink = z.output<typeof link>;

export const schema = table({
  links: namedTables(linkKey, link).default({}).meta({
    description:
      'A link. NAME is what udev calls it (`enp1s0`), or the kernel (`eth0`); with `match` or `kind` it is the name it gets. `"*"` stands for every Ethernet link that no other table names.',
    keyName: "LINK",
  }),
  import: z
    .array(relativeOrSysrootPath)
    .default([])
    .meta({
      description:
        "Files of systemd-networkd (`.network`, `.netdev`) and NetworkManager (`.nmconnection`) whose links are declared by it: directories and files of the sysroot, or files beside the declaration. A table of `links` goes before what they say of the same link, and each setting that cannot be taken is a warning.",
      example: ["/etc/systemd/network"],
    }),
  "hand-over": z.enum(["keep", "flush"]).default("keep").meta({
    description:
      "Whether addresses and routes stay when the real system starts, or are taken away with all that was made here.",
  }),
});
export type DeclaredNetwork = z.output<typeof schema>;
