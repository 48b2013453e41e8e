import { configText, type ConfigSection } from "../../stage-one/systemd/config-file.ts";
import type { Assignment } from "../../stage-one/systemd/unit.ts";
import { anyLink, type DeclaredLink, type DeclaredRoute } from "./declared.ts";

/** A file of /etc/systemd/network. */
export interface NetworkdFile {
  readonly name: string;
  readonly content: string;
}

/** What the files of one link are made from. */
export interface LinkPlace {
  readonly name: string;
  readonly declared: DeclaredLink;
  /** Links that are made on top of this one: the `VLAN=` of its file. */
  readonly vlans: readonly string[];
  readonly keep: boolean;
  /** Where it was declared, for the heading. */
  readonly origin: string;
}

/** Where networkd finds the keys that systemd hands it (systemd.exec(5), "Credentials"). */
const credentialDirectory = "/run/credentials/systemd-networkd.service";

/** The files that make networkd and udev do what is declared of a link, systemd.network(5), .netdev(5), .link(5). */
export function networkdFiles(place: LinkPlace): readonly NetworkdFile[] {
  const { name, declared } = place;
  const stem = name === anyLink ? "59-unitrd-any" : `50-unitrd-${name}`;
  const heading = `Written by unitrd from ${place.origin}.`;
  const link = linkSections(name, declared);
  const netdev = netdevSections(name, declared);
  return [
    ...(link === undefined ? [] : [{ name: `${stem}.link`, content: configText(heading, link) }]),
    ...(netdev === undefined ? [] : [{ name: `${stem}.netdev`, content: configText(heading, netdev) }]),
    { name: `${stem}.network`, content: configText(heading, networkSections(place)) },
  ];
}

/** `ip=` on the kernel command line replaces what is declared as a whole. */
const unlessReplaced: Assignment = ["KernelCommandLine", "!ip"];

/**
 * How hardware gets its name: by what matches it, or as the kernel says. Other names are those of 99-default.link. The
 * names stay beside `ip=`, which may mean these links.
 */
function linkSections(name: string, { match, kind }: DeclaredLink): readonly ConfigSection[] | undefined {
  if (kind !== undefined || name === anyLink) return undefined;
  if (match !== undefined) {
    const found: readonly Assignment[] = [
      ...optional("MACAddress", match["mac-address"]),
      ...optional("Driver", match.driver),
      ...optional("Path", match.path),
    ];
    return [
      ["Match", found],
      ["Link", [["Name", name]]],
    ];
  }
  if (!isKernelName(name)) return undefined;
  return [
    ["Match", [["OriginalName", name]]],
    ["Link", [["NamePolicy", "keep"]]],
  ];
}

/** `eth0`, as the kernel numbers links before udev names them. */
export function isKernelName(name: string): boolean {
  return /^(?:eth|usb|wlan|ib)[0-9]+$/.test(name);
}

function netdevSections(name: string, declared: DeclaredLink): readonly ConfigSection[] | undefined {
  const { kind } = declared;
  if (kind === undefined) return undefined;
  const bond = declared["bond-options"];
  const bridge = declared["bridge-options"];
  return [
    ["Match", [unlessReplaced]],
    ["NetDev", [["Name", name], ["Kind", kind], ...optional("MACAddress", declared["mac-address"])]],
    ["VLAN", kind === "vlan" ? optional("Id", declared.vlan?.id) : []],
    [
      "Bond",
      bond === undefined
        ? []
        : [
            ["Mode", bond.mode],
            ...optional("MIIMonitorSec", span(bond["mii-monitor-sec"])),
            ...optional("LACPTransmitRate", bond["lacp-transmit-rate"]),
            ...optional("TransmitHashPolicy", bond["transmit-hash-policy"]),
          ],
    ],
    ["Bridge", [...optional("STP", bridge?.stp), ...optional("ForwardDelaySec", span(bridge?.["forward-delay-sec"]))]],
    ...wireguardSections(name, declared),
  ];
}

function wireguardSections(name: string, { wireguard }: DeclaredLink): readonly ConfigSection[] {
  if (wireguard === undefined) return [];
  return [
    [
      "WireGuard",
      [
        ["PrivateKeyFile", `${credentialDirectory}/${keyName(name)}`],
        ...optional("ListenPort", wireguard["listen-port"]),
      ],
    ],
    ...wireguard.peers.map((peer, index): ConfigSection => [
      "WireGuardPeer",
      [
        ["PublicKey", peer["public-key"]],
        ...(peer["preshared-key-file"] === undefined
          ? []
          : ([["PresharedKeyFile", `${credentialDirectory}/${keyName(name, index)}`]] satisfies Assignment[])),
        ...optional("Endpoint", peer.endpoint),
        ...peer["allowed-ips"].map((ip): Assignment => ["AllowedIPs", ip]),
        ...optional("PersistentKeepalive", peer["persistent-keepalive"]),
      ],
    ]),
  ];
}

/** The name of a key as a credential: of the link itself, or of a peer by its number. */
export function keyName(link: string, peer?: number): string {
  return `wireguard.${link}${peer === undefined ? "" : `.${peer + 1}`}.key`;
}

function networkSections({ name, declared, vlans, keep }: LinkPlace): readonly ConfigSection[] {
  const match: readonly Assignment[] = [
    ["Name", name],
    ...(name === anyLink ? ([["Type", "ether"]] satisfies Assignment[]) : []),
    unlessReplaced,
  ];
  const useDns = declared["use-dns"] ? undefined : false;
  const metric = declared["route-metric"];
  return [
    ["Match", match],
    [
      "Link",
      [
        ...optional("MTUBytes", declared["mtu-bytes"]),
        ...(declared.kind === undefined ? optional("MACAddress", declared["mac-address"]) : []),
      ],
    ],
    [
      "Network",
      [
        ...(declared.dhcp === false ? [] : ([["DHCP", spelt(declared.dhcp)]] satisfies Assignment[])),
        ...optional("IPv6AcceptRA", declared["ipv6-accept-ra"]),
        ...optional("LinkLocalAddressing", declared["link-local-addressing"]),
        ...each("Address", declared.address),
        ...each("Gateway", declared.gateway),
        ...each("DNS", declared.dns),
        ...optional("Domains", declared.domains.length === 0 ? undefined : declared.domains.join(" ")),
        ...optional("Bridge", declared.bridge),
        ...optional("Bond", declared.bond),
        ...each("VLAN", vlans),
        // Without it addresses of DHCP would go when networkd stops for the hand-over.
        ["KeepConfiguration", keep ? "yes" : "no"],
      ],
    ],
    [
      "DHCPv4",
      declared.dhcp === false || declared.dhcp === "ipv6"
        ? []
        : [
            ["ClientIdentifier", declared["client-identifier"]],
            ...optional("UseDNS", useDns),
            ...optional("RouteMetric", metric),
          ],
    ],
    ["DHCPv6", declared.dhcp === true || declared.dhcp === "ipv6" ? optional("UseDNS", useDns) : []],
    [
      "IPv6AcceptRA",
      declared["ipv6-accept-ra"] === false ? [] : [...optional("UseDNS", useDns), ...optional("RouteMetric", metric)],
    ],
    ...declared.routes.map(routeSection),
  ];
}

function routeSection(route: DeclaredRoute): ConfigSection {
  return [
    "Route",
    [
      ...optional("Destination", route.destination),
      ...optional("Gateway", route.gateway),
      ...optional("Metric", route.metric),
      ...optional("PreferredSource", route["preferred-source"]),
      ...(route["gateway-on-link"] ? ([["GatewayOnLink", "yes"]] satisfies Assignment[]) : []),
    ],
  ];
}

function optional(key: string, value: string | number | boolean | undefined): readonly Assignment[] {
  return value === undefined ? [] : [[key, spelt(value)]];
}

function each(key: string, values: readonly string[]): readonly Assignment[] {
  return values.map((value) => [key, value]);
}

function spelt(value: string | number | boolean): string {
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
}

/** Milliseconds: a fraction of a second is nothing that systemd.time(7) knows. */
function span(seconds: number | undefined): string | undefined {
  if (seconds === undefined) return undefined;
  return Number.isFinite(seconds) ? `${Math.round(seconds * 1000)}ms` : "infinity";
}
