import { iniLines, type IniSetting } from "../../../config/ini-lines.ts";
import {
  complaintOf,
  lost,
  nameOfFile,
  readBoolean,
  readNumber,
  readWords,
  take,
  type Draft,
  type NetworkFile,
  type Rule,
  type Understood,
} from "./draft.ts";
import { loseAll, unreadableLine } from "./systemd-network.ts";

/** What a profile is called, and that it is one: nothing that a link would say. */
const identity: ReadonlySet<string> = new Set([
  ...["id", "uuid", "type", "interface-name", "timestamp"].map((key) => `connection.${key}`),
]);

const kinds: Readonly<Record<string, string | undefined>> = {
  ethernet: undefined,
  "802-3-ethernet": undefined,
  vlan: "vlan",
  bond: "bond",
  bridge: "bridge",
  dummy: "dummy",
  wireguard: "wireguard",
};

function rule(key: string, read: Rule["read"] = (value) => value): Rule {
  const [first = key, ...rest] = key.split(".");
  return { path: [first, ...rest], read };
}

function many(key: string): Rule {
  return { ...rule(key, readWords), many: true };
}

const opposite = (value: string): boolean | undefined => {
  const isOn = readBoolean(value);
  return isOn === undefined ? undefined : !isOn;
};

const rules: ReadonlyMap<string, Rule> = new Map([
  ["ethernet.mac-address", rule("match.mac-address")],
  ["ethernet.cloned-mac-address", rule("mac-address")],
  ["ethernet.mtu", rule("mtu-bytes", readNumber)],
  ["vlan.id", rule("vlan.id", readNumber)],
  ["vlan.parent", rule("vlan.link")],
  ["bond.mode", rule("bond-options.mode")],
  ["bond.miimon", rule("bond-options.mii-monitor-sec", (value) => `${value}ms`)],
  ["bond.lacp_rate", rule("bond-options.lacp-transmit-rate")],
  ["bond.xmit_hash_policy", rule("bond-options.transmit-hash-policy")],
  ["bridge.stp", rule("bridge-options.stp", readBoolean)],
  ["bridge.forward-delay", rule("bridge-options.forward-delay-sec", (value) => `${value}s`)],
  ["bridge.mac-address", rule("mac-address")],
  ["wireguard.listen-port", rule("wireguard.listen-port", readNumber)],
  ...["ipv4", "ipv6"].flatMap((family): [string, Rule][] => [
    [`${family}.dns`, many("dns")],
    [`${family}.dns-search`, many("domains")],
    [`${family}.gateway`, many("gateway")],
    [`${family}.ignore-auto-dns`, rule("use-dns", opposite)],
    [`${family}.route-metric`, rule("route-metric", readNumber)],
  ]),
]);

/** A keyfile of NetworkManager, nm-settings-keyfile(5). */
export function readKeyfile(file: NetworkFile): Understood {
  const { sections, unreadable } = iniLines(file.text);
  const losses = unreadable.map((line) => unreadableLine(file, line));
  const settings = sections.flatMap((section) => section.settings);
  const of = (section: string, key: string): string | undefined =>
    settings.findLast((setting) => setting.section === section && setting.key === key)?.value;
  const type = of("connection", "type") ?? "";
  const name = of("connection", "interface-name") ?? (kinds[type] === undefined ? nameOfFile(file.path) : "");
  const why = whyNot(type, name, of);
  if (why !== undefined) return { drafts: [], vlans: [], lost: [...losses, ...loseAll(file, sections, why)] };
  const draft: Draft = { name, file: file.path, values: {}, lines: new Map() };
  if (kinds[type] !== undefined) draft.values["kind"] = kinds[type];
  const methods = { ipv4: of("ipv4", "method"), ipv6: of("ipv6", "method") };
  for (const setting of settings) {
    const reason = takeSetting(draft, setting, methods, { kind: portKind(of), type });
    if (reason !== undefined) losses.push(lost(file, setting, reason));
  }
  Object.assign(draft.values, dhcpOf(methods));
  return { drafts: [draft], vlans: [], lost: losses };
}

type Ask = (section: string, key: string) => string | undefined;
interface Methods {
  readonly ipv4: string | undefined;
  readonly ipv6: string | undefined;
}

function whyNot(type: string, name: string, of: Ask): string | undefined {
  if (!Object.hasOwn(kinds, type)) return `profiles of type ${type || "nothing"} are not taken`;
  if (name === "") return "it says no interface-name";
  if (type === "wireguard") return "its keys stand in the profile itself; declare the link with private-key-file";
  const isNamed = of("connection", "interface-name") !== undefined;
  const hasHardware = of("ethernet", "mac-address") !== undefined;
  if (kinds[type] === undefined && !isNamed && !hasHardware) return "it says neither interface-name nor mac-address";
  if (hasHardware && isNamed) return "it says interface-name and mac-address at once";
  return undefined;
}

function takeSetting(
  draft: Draft,
  setting: IniSetting,
  methods: Methods,
  profile: { readonly kind: "bridge" | "bond" | undefined; readonly type: string },
): string | undefined {
  const id = `${setting.section.replace(/^802-3-/, "")}.${setting.key}`;
  if (identity.has(id)) return undefined;
  if (/^connection\.(?:slave-type|port-type)$/.test(id)) {
    return profile.kind === undefined ? "links are parts of bridges and bonds only" : undefined;
  }
  if (/^connection\.(?:master|controller)$/.test(id)) {
    if (profile.kind === undefined) return "links are parts of bridges and bonds only";
    return take(draft, rule(profile.kind), setting);
  }
  if (id === "ipv4.method" || id === "ipv6.method") return methodComplaint(setting);
  const family = setting.section === "ipv4" ? methods.ipv4 : setting.section === "ipv6" ? methods.ipv6 : undefined;
  if (/^ipv[46]\./.test(id) && (family === "disabled" || family === "ignore"))
    return `method=${family} needs none of it`;
  if (/^ipv[46]\.address(?:es)?[0-9]*$/.test(id)) return takeAddress(draft, setting);
  if (/^ipv[46]\.route[0-9]+$/.test(id)) return takeRoute(draft, setting);
  const found = rules.get(id);
  return found === undefined ? "no key of a link says this" : take(draft, found, setting);
}

function portKind(of: Ask): "bridge" | "bond" | undefined {
  const kind = of("connection", "slave-type") ?? of("connection", "port-type");
  return kind === "bridge" || kind === "bond" ? kind : undefined;
}

const known: Readonly<Record<string, readonly string[]>> = {
  ipv4: ["auto", "manual", "disabled"],
  ipv6: ["auto", "dhcp", "manual", "ignore", "disabled", "link-local"],
};

function methodComplaint({ section, value }: IniSetting): string | undefined {
  return known[section]?.includes(value) === true ? undefined : "a link here has no such method";
}

/** `auto` of IPv6 believes routers, and asks DHCPv6 where they say so; `dhcp` asks anyway. */
function dhcpOf({ ipv4, ipv6 }: Methods): Readonly<Record<string, unknown>> {
  const both = ipv6 === "dhcp" ? true : "ipv4";
  const acceptRa = ipv6 === "auto" ? true : ipv6 === undefined || ipv6 === "dhcp" ? undefined : false;
  return {
    ...(ipv4 === "auto" ? { dhcp: both } : ipv6 === "dhcp" ? { dhcp: "ipv6" } : {}),
    ...(acceptRa === undefined ? {} : { "ipv6-accept-ra": acceptRa }),
    ...(ipv6 === "disabled" ? { "link-local-addressing": "no" } : {}),
  };
}

/** `192.0.2.7/24,192.0.2.1`: the gateway may stand behind. */
function takeAddress(draft: Draft, setting: IniSetting): string | undefined {
  const [address = "", gateway, ...rest] = setting.value.split(",").map((part) => part.trim());
  if (rest.length > 0) return "it has more than an address and a gateway";
  const wrong =
    complaintOf(["address"], [address]) ??
    (gateway === undefined || gateway === "" ? undefined : complaintOf(["gateway"], [gateway]));
  if (wrong !== undefined) return wrong;
  const list: Rule = { ...rule("address"), many: true };
  const gateways: Rule = { ...rule("gateway"), many: true };
  return (
    take(draft, list, { ...setting, value: address }) ??
    (gateway === undefined || gateway === "" ? undefined : take(draft, gateways, { ...setting, value: gateway }))
  );
}

/** `10.0.0.0/8,192.0.2.1,100`: destination, gateway, metric. */
function takeRoute(draft: Draft, { value }: IniSetting): string | undefined {
  const [destination = "", gateway = "", metric = "", ...rest] = value.split(",").map((part) => part.trim());
  if (rest.length > 0) return "it has more than a destination, a gateway and a metric";
  const number = metric === "" ? undefined : readNumber(metric);
  if (metric !== "" && number === undefined) return "the metric is no number";
  const route = {
    destination,
    ...(gateway === "" ? {} : { gateway }),
    ...(number === undefined ? {} : { metric: number }),
  };
  const complaint = complaintOf(["routes"], [route]);
  if (complaint === undefined) draft.values["routes"] = [draft.values["routes"] ?? [], route].flat();
  return complaint;
}
