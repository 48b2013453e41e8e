import { shortOrigin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import { secondsWord, type ScriptedRendering } from "../../stage-one/scripted/rendering.ts";
import { anyLink, type DeclaredLink, type DeclaredRoute } from "./declared.ts";
import { isKernelName, keyName } from "./networkd-files.ts";
import type { Wait } from "./systemd.ts";
import type { DeclaredWireguard } from "./virtual.ts";
import type { SecretKey } from "./wireguard-keys.ts";

export interface ScriptedPlace {
  readonly name: string;
  readonly declared: DeclaredLink;
  readonly keys: readonly SecretKey[];
  /** The links that have a table of their own. */
  readonly others: readonly string[];
  /** The script that udhcpc calls. */
  readonly dhcpEvent: string;
}

/** A call of `bring_up` in templates/scripted/network.sh: the link is set up beside what follows. */
export function scriptLink(place: ScriptedPlace, target: Target): Verdict<ScriptedRendering> {
  const { name, declared, keys } = place;
  const reason = beyondScript(name, declared, target);
  if (reason !== undefined) return { can: false, ...reason };
  return {
    can: true,
    rendering: {
      parts: ["network"],
      call: [
        "bring_up",
        stateName(name),
        ...(name === anyLink ? place.others.flatMap((other) => word("except", other)) : []),
        ...words(declared),
      ],
      takes: [
        ...networkTakes,
        ...(declared.dhcp === false ? [] : [dhcpEvent(place)]),
        ...wireguardTakes(name, declared, keys),
      ],
    },
  };
}

/** `any` is no name that a link may have here. */
function stateName(name: string): string {
  return name === anyLink ? "any" : name;
}

function beyondScript(
  name: string,
  declared: DeclaredLink,
  target: Target,
): { readonly because: string; readonly hint: string } | undefined {
  if (declared.dhcp === true || declared.dhcp === "ipv6") {
    return { because: "it has no DHCPv6", hint: 'write dhcp = "ipv4"' };
  }
  if (declared["client-identifier"] === "duid") {
    return { because: "its DHCP client has no DUID", hint: 'write client-identifier = "mac"' };
  }
  if (declared.kind === undefined && declared.match === undefined && name !== anyLink && !isKernelName(name)) {
    return {
      because: `without udev hardware has the kernel's name, such as eth0, and nothing says which is ${name}`,
      hint: 'add match = { mac-address = "…" }, or path = "…"',
    };
  }
  if (declared.match?.path !== undefined && !declared.match.path.startsWith("pci-")) {
    return { because: "it knows paths of PCI devices only", hint: "match by mac-address" };
  }
  const bond = declared["bond-options"];
  if (bond?.["lacp-transmit-rate"] !== undefined || bond?.["transmit-hash-policy"] !== undefined) {
    return { because: "of bonds it sets mode and mii-monitor-sec only", hint: "take the other options out" };
  }
  if (declared.wireguard !== undefined && !target.hasProgram("wg")) {
    return { because: "the sysroot has no wg", hint: "on Debian it is in the package wireguard-tools" };
  }
  return undefined;
}

function words(declared: DeclaredLink): readonly string[] {
  const { match, kind, vlan, dhcp } = declared;
  const bond = declared["bond-options"];
  const bridge = declared["bridge-options"];
  return [
    ...word("match-mac", match?.["mac-address"]?.toLowerCase()),
    ...word("match-driver", match?.driver),
    ...word("match-path", match?.path),
    ...word("kind", kind),
    ...word("vlan-link", vlan?.link),
    ...word("vlan-id", vlan?.id),
    ...word("bond-mode", bond?.mode),
    ...word("bond-miimon", milliseconds(bond?.["mii-monitor-sec"])),
    ...word("bridge-stp", bridge?.stp === undefined ? undefined : Number(bridge.stp)),
    // The kernel counts in hundredths of a second.
    ...word(
      "bridge-delay",
      bridge?.["forward-delay-sec"] === undefined ? undefined : Math.round(bridge["forward-delay-sec"] * 100),
    ),
    ...word("mac", declared["mac-address"]),
    ...word("mtu", declared["mtu-bytes"]),
    ...word("bridge", declared.bridge),
    ...word("bond", declared.bond),
    ...word("accept-ra", declared["ipv6-accept-ra"] === undefined ? undefined : Number(declared["ipv6-accept-ra"])),
    ...word("link-local", declared["link-local-addressing"]),
    ...declared.address.flatMap((address) => word("address", address)),
    ...declared.gateway.flatMap((gateway) => word("gateway", gateway)),
    ...declared.routes.flatMap((route) => word("route", routeText(route))),
    ...declared.dns.flatMap((server) => word("dns", server)),
    ...word("search", declared.domains.length === 0 ? undefined : declared.domains.join(" ")),
    ...word("metric", declared["route-metric"]),
    ...(declared["use-dns"] ? [] : ["no-dhcp-dns="]),
    ...(dhcp === false ? [] : ["dhcp=ipv4"]),
  ];
}

function word(key: string, value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [`${key}=${value}`];
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}

/** As ip-route(8) takes it, without the link. */
function routeText(route: DeclaredRoute): string {
  return [
    route.destination ?? "default",
    ...(route.gateway === undefined ? [] : ["via", route.gateway]),
    ...(route.metric === undefined ? [] : ["metric", String(route.metric)]),
    ...(route["preferred-source"] === undefined ? [] : ["src", route["preferred-source"]]),
    ...(route["gateway-on-link"] ? ["onlink"] : []),
  ].join(" ");
}

const why = "the network";

const networkTakes: readonly Requirement[] = [
  ...["cat", "cut", "grep", "ip", "kill", "tr", "udhcpc"].map((name): Requirement => ({
    is: "symlink",
    path: `/usr/lib/unitrd/busybox/${name}`,
    target: "/usr/bin/busybox",
    why: "busybox by another name",
  })),
];

function dhcpEvent({ dhcpEvent: content }: ScriptedPlace): Requirement {
  return { is: "file", path: "/usr/lib/unitrd/dhcp-event", mode: 0o755, content, why: "what DHCP says" };
}

function wireguardTakes(name: string, { wireguard }: DeclaredLink, keys: readonly SecretKey[]): readonly Requirement[] {
  if (wireguard === undefined) return [];
  return [
    { is: "program", name: "wg", why },
    {
      is: "file",
      path: `/etc/unitrd/wireguard/${name}.conf`,
      mode: 0o600,
      secret: true,
      content: wireguardConf(name, wireguard, keys),
      why: `keys of ${name}`,
    },
  ];
}

/** As wg(8) reads it with `setconf`. */
function wireguardConf(name: string, wireguard: DeclaredWireguard, keys: readonly SecretKey[]): string {
  const keyOf = (wanted: string): string => keys.find((key) => key.name === wanted)?.text ?? "";
  const listen = wireguard["listen-port"];
  return [
    "[Interface]",
    `PrivateKey = ${keyOf(keyName(name))}`,
    ...(listen === undefined ? [] : [`ListenPort = ${listen}`]),
    ...wireguard.peers.flatMap((peer, index) => [
      "",
      "[Peer]",
      `PublicKey = ${peer["public-key"]}`,
      ...(peer["preshared-key-file"] === undefined ? [] : [`PresharedKey = ${keyOf(keyName(name, index))}`]),
      ...(peer.endpoint === undefined ? [] : [`Endpoint = ${peer.endpoint}`]),
      ...(peer["allowed-ips"].length === 0 ? [] : [`AllowedIPs = ${peer["allowed-ips"].join(", ")}`]),
      ...(peer["persistent-keepalive"] === undefined ? [] : [`PersistentKeepalive = ${peer["persistent-keepalive"]}`]),
    ]),
    "",
  ].join("\n");
}

export function scriptWait(wait: Wait): Verdict<ScriptedRendering> {
  const names = wait.links.map(({ name }) => stateName(name));
  const call = ["wait_for_network", secondsWord(wait.seconds), shortOrigin(wait.origin), ...names] as const;
  return { can: true, rendering: { parts: ["network"], call: [...call], takes: networkTakes } };
}

/** Done where links are brought up and waited for. */
export function scriptWords(): Verdict<ScriptedRendering> {
  return { can: true, rendering: { parts: ["network"], takes: [] } };
}

export function scriptFlush(): Verdict<ScriptedRendering> {
  return { can: true, rendering: { parts: ["network"], call: ["flush_network_later"], takes: networkTakes } };
}
