import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileText, plainRoot, syntheticSysroot, textAt } from "../../../testing/synthetic-sysroot.ts";
import type { Understood } from "./draft.ts";
import { readKeyfile } from "./keyfile.ts";
import { readNetdev, readNetwork } from "./systemd-network.ts";

async function imported(files: Readonly<Record<string, string>>, toml = "") {
  const names = Object.keys(files);
  const beside = Object.fromEntries(Object.entries(files).map(([name, text]) => [`/${name}`, text]));
  const { compiled, found } = await compileText(`[network]\nimport = ${JSON.stringify(names)}\n${toml}${plainRoot}`, {
    beside,
  });
  return { compiled, found: found.map(({ code, message }) => `${code} ${message}`) };
}

const file = (link: string) => `/etc/systemd/network/50-unitrd-${link}`;

describe("network.import", () => {
  it("takes in links of networkd, over several files", async () => {
    const { compiled, found } = await imported({
      "10-lan.network": "[Match]\nName=eth0\n[Network]\nDHCP=ipv4\nVLAN=vlan5\n[DHCPv4]\nRouteMetric=7\n",
      "20-vlan5.netdev": "[NetDev]\nName=vlan5\nKind=vlan\n[VLAN]\nId=5\n",
      "20-vlan5.network":
        "[Match]\nName=vlan5\n[Network]\nAddress=192.0.2.7/24\nAddress=2001:db8::7/64\n[Route]\nGateway=192.0.2.1\n",
    });
    expect(found).toEqual([]);
    expect(textAt(compiled, `${file("eth0")}.network`)).toMatch(/DHCP=ipv4\n(.*\n)*VLAN=vlan5\n(.*\n)*RouteMetric=7\n/);
    expect(textAt(compiled, `${file("vlan5")}.netdev`)).toContain("Id=5\n");
    expect(textAt(compiled, `${file("vlan5")}.network`)).toMatch(/Address=192.0.2.7\/24\nAddress=2001:db8::7\/64\n/);
    expect(textAt(compiled, `${file("vlan5")}.network`)).toContain("[Route]\nGateway=192.0.2.1\n");
  });

  it("takes in profiles of NetworkManager", async () => {
    const { compiled, found } = await imported({
      "lan.nmconnection":
        "[connection]\nid=lan\nuuid=1\ntype=ethernet\ninterface-name=eth0\n[ethernet]\nmtu=1400\n" +
        "[ipv4]\nmethod=manual\naddress1=192.0.2.7/24,192.0.2.1\ndns=192.0.2.53;192.0.2.54;\nroute1=10.0.0.0/8,192.0.2.2,5\n[ipv6]\nmethod=disabled\n",
    });
    expect(found).toEqual([]);
    const network = textAt(compiled, `${file("eth0")}.network`);
    for (const line of ["MTUBytes=1400", "Gateway=192.0.2.1", "DNS=192.0.2.54", "LinkLocalAddressing=no", "Metric=5"]) {
      expect(network).toContain(`${line}\n`);
    }
  });

  it("says at its line what it does not take, and never what may be a secret", async () => {
    const { found } = await imported({
      "a.network": "[Match]\nName=eth0\n[Network]\nDHCP=server\nLLDP=yes\n[Route]\nGateway=192.0.2.1\nTable=7\n",
      "b.netdev": "[NetDev]\nName=wg0\nKind=wireguard\n[WireGuard]\nPrivateKey=hunter2\n",
      "c.link": "[Match]\n",
    });
    expect(found.every((one) => one.startsWith("U885 "))).toBe(true);
    for (const what of ["DHCP=server", "LLDP=yes", "Gateway=192.0.2.1", "Table=7", "PrivateKey=…", "the link wg0"]) {
      expect(found.some((one) => one.includes(what))).toBe(true);
    }
    expect(found.join("\n")).not.toContain("hunter2");
  });

  it("reads a directory of the sysroot, and says when it has nothing", async () => {
    const sysroot = syntheticSysroot({
      "/etc/systemd/network/lan.network": "[Match]\nName=eth0\n[Network]\nDHCP=ipv4\n",
      "/etc/systemd/network/lan.network.d/more.conf": "[Network]\nDNS=192.0.2.1\n",
      "/etc/empty": { directory: true },
    });
    const toml = '[network]\nimport = ["/etc/systemd/network"]\n';
    const { compiled, found } = await compileText(`${toml}${plainRoot}`, { sysroot });
    expect(textAt(compiled, `${file("eth0")}.network`)).toContain("DHCP=ipv4\n");
    expect(found.map(({ code, at }) => `${code} ${at[0]?.file ?? ""}`)).toEqual([
      "U885 /etc/systemd/network/lan.network.d/",
    ]);
    const empty = await compileText(`[network]\nimport = ["/etc/empty"]\n${plainRoot}`, { sysroot });
    expect(empty.found.map(({ code }) => code)).toEqual(["U886"]);
  });

  it("lets a table go before what files say, key by key", async () => {
    const files = { "a.network": "[Match]\nName=eth0\n[Link]\nMTUBytes=1400\n[Network]\nDHCP=ipv4\n" };
    const { compiled } = await imported(files, "[network.links.eth0]\nmtu-bytes = 1300\n");
    const network = textAt(compiled, `${file("eth0")}.network`);
    expect(network).toContain("MTUBytes=1300\n");
    expect(network).toContain("DHCP=ipv4\n");
  });

  it("leaves out a link that would not be whole, and what needs it", async () => {
    const { compiled, found } = await imported({
      "br0.netdev": "[NetDev]\nName=br0\nKind=macvlan\n",
      "port.network": "[Match]\nName=eth0\n[Network]\nBridge=br0\n",
    });
    expect(textAt(compiled, `${file("eth0")}.network`)).toBeUndefined();
    expect(found.filter((one) => one.includes("the link eth0 (bridge)"))).toHaveLength(1);
  });
});

const sections = [
  "Match",
  "Link",
  "Network",
  "Address",
  "Route",
  "DHCPv4",
  "NetDev",
  "VLAN",
  "Bond",
  "WireGuard",
  "WireGuardPeer",
];
const profileSections = ["connection", "ethernet", "ipv4", "ipv6", "vlan", "bond", "bridge", "wireguard", "proxy"];
const keys = [
  "Name",
  "Kind",
  "DHCP",
  "Address",
  "Gateway",
  "Metric",
  "Id",
  "Mode",
  "DNS",
  "VLAN",
  "Bridge",
  "PublicKey",
  "constructor",
];
const profileKeys = [
  "id",
  "type",
  "interface-name",
  "method",
  "address1",
  "route1",
  "dns",
  "mtu",
  "master",
  "slave-type",
  "toString",
];
const someValues = [
  "eth0",
  "yes",
  "vlan",
  "ethernet",
  "auto",
  "1",
  "192.0.2.7/24",
  "192.0.2.1",
  "",
  "__proto__",
  "a;b",
];

const lines = (names: readonly string[], known: readonly string[]) =>
  fc
    .array(
      fc.record({
        section: fc.constantFrom(...names),
        key: fc.constantFrom(...known),
        value: fc.oneof(fc.constantFrom(...someValues), fc.string()),
      }),
      { maxLength: 12 },
    )
    .map((all) => all.map(({ section, key, value }) => `[${section}]\n${key}=${value}\n`).join(""));

const readers: readonly (readonly [string, (text: string) => Understood, fc.Arbitrary<string>, string])[] = [
  ["network", (text) => readNetwork({ path: "/a.network", text }), lines(sections, keys), "[Match]\nName=eth0\n"],
  [
    "netdev",
    (text) => readNetdev({ path: "/a.netdev", text }),
    lines(sections, keys),
    "[NetDev]\nName=eth0\nKind=bond\n",
  ],
  [
    "profile",
    (text) => readKeyfile({ path: "/a.nmconnection", text }),
    lines(profileSections, profileKeys),
    "[connection]\ntype=ethernet\ninterface-name=eth0\n",
  ],
];

describe.each(readers)("a %s file", (_, read, written, head) => {
  it("crashes nothing, whatever it holds", () => {
    fc.assert(
      fc.property(fc.oneof(written, fc.string({ unit: "binary" })), (text) => {
        expect(read(text).drafts.length).toBeLessThanOrEqual(1);
        expect(read(head + text).drafts.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("loses no setting without a word: each is in the link, in a loss, or unsaid by an empty value", () => {
    const names = [...sections, ...profileSections];
    const setting = fc.record({
      section: fc.constantFrom(...names),
      key: fc.constantFrom(...keys, ...profileKeys),
      value: fc.oneof(fc.constantFrom(...someValues), fc.string()).filter((value) => !/[\r\n\0]|^\s*$|\\$/.test(value)),
    });
    const without = JSON.stringify(read(head));
    fc.assert(
      fc.property(setting, ({ section, key, value }) => {
        const what = `${section}.${key}`;
        // What these say is how the link is found, of which kind it is, and what the profile is called.
        fc.pre(!/^(?:Match\.Name|NetDev\.(?:Name|Kind)|connection\.(?:id|type|interface-name))$/.test(what));
        const found = read(`${head}[${section}]\n${key}=${value}\n`);
        const isSaid = found.lost.some(({ line }) => line > head.split("\n").length - 1);
        expect(isSaid || JSON.stringify(found) !== without || isNothing(what, value)).toBe(true);
      }),
    );
  });
});

/** A method that asks for nothing leaves nothing behind. */
function isNothing(what: string, value: string): boolean {
  return /^ipv[46]\.method$/.test(what) && ["manual", "disabled", "dhcp"].includes(value);
}
