import { iniLines, type IniSection, type IniSetting } from "../../../config/ini-lines.ts";
import { anyLink } from "../declared.ts";
import {
  complaintOf,
  lost,
  nameOfFile,
  readBoolean,
  readNumber,
  readSpan,
  readWords,
  take,
  type Draft,
  type Lost,
  type NetworkFile,
  type Rule,
  type Understood,
} from "./draft.ts";

const text = (value: string): string => value;
const not = (value: string): boolean | undefined => readBoolean(value);

function rule(key: string, read: Rule["read"] = text): Rule {
  const [first = key, ...rest] = key.split(".");
  return { path: [first, ...rest], read };
}

function many(key: string, read: Rule["read"] = text): Rule {
  return { ...rule(key, read), many: true };
}

const metric = rule("route-metric", readNumber);
const useDns = rule("use-dns", not);

/** systemd.network(5), by `SECTION.KEY`. */
const networkRules: ReadonlyMap<string, Rule> = new Map([
  ["Match.MACAddress", rule("match.mac-address")],
  ["Match.PermanentMACAddress", rule("match.mac-address")],
  ["Match.Driver", rule("match.driver")],
  ["Match.Path", rule("match.path")],
  ["Link.MTUBytes", rule("mtu-bytes", readNumber)],
  ["Link.MACAddress", rule("mac-address")],
  ["Network.DHCP", rule("dhcp", (value) => (/^ipv[46]$/.test(value) ? value : readBoolean(value)))],
  ["Network.Address", many("address")],
  ["Address.Address", many("address")],
  ["Network.Gateway", many("gateway")],
  ["Network.DNS", many("dns", readWords)],
  ["Network.Domains", many("domains", readWords)],
  ["Network.IPv6AcceptRA", rule("ipv6-accept-ra", readBoolean)],
  [
    "Network.LinkLocalAddressing",
    rule("link-local-addressing", (value) => {
      const isOn = readBoolean(value);
      return isOn === undefined ? value : isOn ? "yes" : "no";
    }),
  ],
  ["Network.Bridge", rule("bridge")],
  ["Network.Bond", rule("bond")],
  ["DHCP.UseDNS", useDns],
  ["DHCP.RouteMetric", metric],
  ["DHCP.ClientIdentifier", rule("client-identifier")],
  ["DHCPv4.UseDNS", useDns],
  ["DHCPv4.RouteMetric", metric],
  ["DHCPv4.ClientIdentifier", rule("client-identifier")],
  ["DHCPv6.UseDNS", useDns],
  ["IPv6AcceptRA.UseDNS", useDns],
  ["IPv6AcceptRA.RouteMetric", metric],
]);

/** systemd.netdev(5). */
const netdevRules: ReadonlyMap<string, Rule> = new Map([
  ["NetDev.Kind", rule("kind")],
  ["NetDev.MACAddress", rule("mac-address")],
  ["NetDev.MTUBytes", rule("mtu-bytes", readNumber)],
  ["VLAN.Id", rule("vlan.id", readNumber)],
  ["Bond.Mode", rule("bond-options.mode")],
  ["Bond.MIIMonitorSec", rule("bond-options.mii-monitor-sec", readSpan)],
  ["Bond.LACPTransmitRate", rule("bond-options.lacp-transmit-rate")],
  ["Bond.TransmitHashPolicy", rule("bond-options.transmit-hash-policy")],
  ["Bridge.STP", rule("bridge-options.stp", readBoolean)],
  ["Bridge.ForwardDelaySec", rule("bridge-options.forward-delay-sec", readSpan)],
  ["WireGuard.PrivateKeyFile", rule("wireguard.private-key-file")],
  ["WireGuard.ListenPort", rule("wireguard.listen-port", readNumber)],
]);

const routeRules: ReadonlyMap<string, Rule> = new Map([
  ["Destination", rule("destination")],
  ["Gateway", rule("gateway")],
  ["Metric", rule("metric", readNumber)],
  ["PreferredSource", rule("preferred-source")],
  ["GatewayOnLink", rule("gateway-on-link", readBoolean)],
]);

const peerRules: ReadonlyMap<string, Rule> = new Map([
  ["PublicKey", rule("public-key")],
  ["PresharedKeyFile", rule("preshared-key-file")],
  ["Endpoint", rule("endpoint")],
  ["AllowedIPs", many("allowed-ips", readWords)],
  ["PersistentKeepalive", rule("persistent-keepalive", readNumber)],
]);

/** Sections that are a table in a list, as a whole or not at all: half a route leads somewhere else. */
const listSections: ReadonlyMap<string, { readonly path: readonly string[]; readonly rules: typeof routeRules }> =
  new Map([
    ["Route", { path: ["routes"], rules: routeRules }],
    ["WireGuardPeer", { path: ["wireguard", "peers"], rules: peerRules }],
  ]);

/** A `.network` file. */
export function readNetwork(file: NetworkFile): Understood {
  const { sections, unreadable } = iniLines(file.text);
  const losses = unreadable.map((line) => unreadableLine(file, line));
  const matched = matchedName(file, sections);
  if ("why" in matched) return { drafts: [], vlans: [], lost: [...losses, ...loseAll(file, sections, matched.why)] };
  const draft: Draft = { name: matched.name, file: file.path, values: {}, lines: new Map() };
  const vlans: Understood["vlans"][number][] = [];
  for (const section of sections) {
    if (listSections.has(section.name)) losses.push(...takeList(file, draft, section));
    else {
      for (const setting of section.settings) {
        const id = `${section.name}.${setting.key}`;
        if (id === "Match.Name" || (id === "Match.Type" && draft.name === anyLink)) continue;
        if (id === "Network.VLAN") {
          for (const child of readWords(setting.value)) {
            vlans.push({ parent: draft.name, child, lost: lost(file, setting, `no file makes the link ${child}`) });
          }
        } else losses.push(...takeOne(file, draft, networkRules.get(id), setting));
      }
    }
  }
  return { drafts: [draft], vlans, lost: losses };
}

/** A `.netdev` file. */
export function readNetdev(file: NetworkFile): Understood {
  const { sections, unreadable } = iniLines(file.text);
  const losses = unreadable.map((line) => unreadableLine(file, line));
  const settings = sections.flatMap((section) => section.settings);
  const name = settings.findLast(({ section, key }) => section === "NetDev" && key === "Name")?.value;
  const kind = settings.findLast(({ section, key }) => section === "NetDev" && key === "Kind")?.value;
  const wrong = kind === undefined ? "the file says no Kind=" : complaintOf(["kind"], kind);
  if (name === undefined || wrong !== undefined) {
    const why = name === undefined ? "the file says no Name=" : `links of kind ${kind ?? ""} are not made here`;
    return { drafts: [], vlans: [], lost: [...losses, ...loseAll(file, sections, why)] };
  }
  const draft: Draft = { name, file: file.path, values: {}, lines: new Map() };
  for (const section of sections) {
    if (listSections.has(section.name)) losses.push(...takeList(file, draft, section));
    else {
      for (const setting of section.settings) {
        if (section.name === "NetDev" && setting.key === "Name") continue;
        losses.push(...takeOne(file, draft, netdevRules.get(`${section.name}.${setting.key}`), setting));
      }
    }
  }
  return { drafts: [draft], vlans: [], lost: losses };
}

function takeOne(file: NetworkFile, draft: Draft, found: Rule | undefined, setting: IniSetting): readonly Lost[] {
  const why = found === undefined ? "no key of a link says this" : take(draft, found, setting);
  return why === undefined ? [] : [lost(file, setting, why)];
}

function takeList(file: NetworkFile, draft: Draft, section: IniSection): readonly Lost[] {
  const place = listSections.get(section.name);
  if (place === undefined || section.settings.length === 0) return [];
  const item: Record<string, unknown> = {};
  const wrong: Lost[] = [];
  for (const setting of section.settings) {
    const found = place.rules.get(setting.key);
    const value = setting.value === "" ? undefined : found?.read(setting.value);
    if (found === undefined || value === undefined) wrong.push(lost(file, setting, "no key says this"));
    else item[found.path[0]] = found.many === true ? [item[found.path[0]] ?? [], value].flat(2) : value;
  }
  const rest = (reason: string): readonly Lost[] =>
    section.settings
      .filter(({ line }) => wrong.every((one) => one.line !== line))
      .map((setting) => lost(file, setting, reason));
  if (wrong.length > 0) return [...wrong, ...rest(`the [${section.name}] is taken as a whole or not at all`)];
  const [first = "", second] = place.path;
  const complaint = complaintOf(place.path, [item]);
  if (complaint !== undefined) return rest(complaint);
  if (second === undefined) draft.values[first] = [draft.values[first] ?? [], item].flat();
  else {
    const outer = draft.values[first];
    const inner: Readonly<Record<string, unknown>> = typeof outer === "object" && outer !== null ? { ...outer } : {};
    draft.values[first] = { ...inner, [second]: [inner[second] ?? [], item].flat() };
  }
  return [];
}

/** Which link a `.network` file is about. */
function matchedName(
  file: NetworkFile,
  sections: readonly IniSection[],
): { readonly name: string } | { readonly why: string } {
  const conditions = sections.filter(({ name }) => name === "Match").flatMap(({ settings }) => settings);
  const hardware = ["MACAddress", "PermanentMACAddress", "Driver", "Path"];
  const other = conditions.find(({ key }) => ![...hardware, "Name", "Type"].includes(key));
  if (other !== undefined) return { why: `whether [Match] ${other.key}= holds is not known here` };
  const type = conditions.find(({ key }) => key === "Type");
  if (type !== undefined && type.value !== "ether") return { why: `[Match] Type=${type.value} is not followed here` };
  const name = conditions.findLast(({ key }) => key === "Name")?.value;
  const found = conditions.filter(({ key }) => hardware.includes(key));
  if (name !== undefined && found.length > 0) return { why: "it matches a name and hardware at once" };
  if (name === anyLink || (name === undefined && found.length === 0 && type !== undefined)) return { name: anyLink };
  if (name !== undefined) {
    return /[*?[\]!\s]/.test(name) ? { why: `[Match] Name=${name} may mean several links` } : { name };
  }
  if (found.length === 0) return { why: "it has no [Match]" };
  const complaint = found
    .map(({ key, value }) => complaintOf(["match"], { [matchKeys[key] ?? ""]: value }))
    .find((one) => one !== undefined);
  return complaint === undefined ? { name: nameOfFile(file.path) } : { why: complaint };
}

const matchKeys: Readonly<Record<string, string>> = {
  MACAddress: "mac-address",
  PermanentMACAddress: "mac-address",
  Driver: "driver",
  Path: "path",
};

export function loseAll(file: NetworkFile, sections: readonly IniSection[], why: string): readonly Lost[] {
  return sections.flatMap(({ settings }) => settings.map((setting) => lost(file, setting, why)));
}

export function unreadableLine(file: NetworkFile, { line }: { readonly line: number }): Lost {
  return { file: file.path, line, what: `line ${line}`, why: "it is neither a section nor a setting" };
}
