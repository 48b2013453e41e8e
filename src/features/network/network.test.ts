import { describe, expect, it } from "vitest";
import { entryAt, compileText, plainRoot, syntheticSysroot, textAt } from "../../testing/synthetic-sysroot.ts";

async function found(toml: string): Promise<readonly string[]> {
  const { found: all } = await compileText(`${toml}${plainRoot}`);
  return all.map(({ code, at }) => `${code} ${at[0]?.line ?? 0}:${at[0]?.path ?? ""}`);
}

describe("[network]", () => {
  it.each([
    ['vlan = { id = 5, link = "eth1" }\n', "vlan"],
    ['kind = "vlan"\n', "kind"],
    ['kind = "wireguard"\n', "kind"],
    ['kind = "dummy"\nmatch = { driver = "a" }\n', "match"],
    ["match = {}\n", "match"],
    ['bridge = "br0"\n', "bridge"],
    ["nofail = true\n", "nofail"],
    ["routes = [{ metric = 1 }]\n", "routes"],
  ])("finds what does not go together in %j", async (toml, key) => {
    const [first] = await found(`[network.links.eth0]\n${toml}[network.links.eth1]\n`);
    expect(first).toMatch(new RegExp(`^U880 \\d+:network\\.links\\.eth0\\.${key}$`));
  });

  it.each(["eth 0", "a/b", "lo", "all", "any", "sixteen-letters-", "-x", "ä"])("refuses the name %j", async (name) => {
    expect(await found(`[network.links.${JSON.stringify(name)}]\n`)).toHaveLength(1);
  });

  it("has no network, and refuses ip=, where no link is declared", async () => {
    const { compiled } = await compileText(plainRoot);
    expect(compiled?.manifest.entries.filter(({ path }) => path.includes("networkd"))).toEqual([]);
    expect(textAt(compiled, "/etc/systemd/system/unitrd-refuse-network.service")).toContain("no network");
  });

  it("lets ip= replace the declared links as a whole", async () => {
    const { compiled } = await compileText(`[network.links.eth0]\n${plainRoot}`);
    expect(entryAt(compiled, "/etc/systemd/system/unitrd-refuse-network.service")).toBeUndefined();
    expect(textAt(compiled, "/etc/systemd/network/50-unitrd-eth0.network")).toContain("KernelCommandLine=!ip\n");
    expect(textAt(compiled, "/etc/systemd/network/50-unitrd-eth0.link")).not.toContain("KernelCommandLine");
  });

  it("waits for no link that nobody needs", async () => {
    const { compiled } = await compileText(`[network.links.eth0]\ndhcp = true\n${plainRoot}`);
    expect(compiled?.plan.steps.map(({ id }) => id)).not.toContain("network:eth0");
    expect(entryAt(compiled, "/etc/systemd/system/unitrd-network-eth0.service")).toBeUndefined();
  });

  it("keeps addresses when networkd stops, unless they shall go", async () => {
    const kept = await compileText(`[network.links.eth0]\n${plainRoot}`);
    expect(textAt(kept.compiled, "/etc/systemd/network/50-unitrd-eth0.network")).toContain("KeepConfiguration=yes\n");
    const flushed = await compileText(`[network]\nhand-over = "flush"\n[network.links.eth0]\n${plainRoot}`);
    const unit = textAt(flushed.compiled, "/etc/systemd/system/unitrd-network-flush.service");
    expect(unit).toContain("ExecStart=-/usr/bin/ip link set eth0 down\n");
  });

  it("keeps keys of WireGuard from everybody but root", async () => {
    const key = `${"A".repeat(43)}=`;
    const toml = '[network.links.wg0]\nkind = "wireguard"\nwireguard = { private-key-file = "key" }\n';
    const { compiled } = await compileText(`${toml}${plainRoot}`, { beside: { "/key": `${key}\n` } });
    const entry = entryAt(compiled, "/etc/unitrd/wireguard/wireguard.wg0.key");
    expect(entry).toMatchObject({ layer: "secrets", mode: 0o600 });
    expect(textAt(compiled, "/etc/systemd/network/50-unitrd-wg0.netdev")).not.toContain(key);
    expect(textAt(compiled, "/etc/systemd/system/systemd-networkd.service.d/50-unitrd-wg0.conf")).toContain(
      "LoadCredential=wireguard.wg0.key:/etc/unitrd/wireguard/wireguard.wg0.key\n",
    );
    const bad = await compileText(`${toml}${plainRoot}`, { beside: { "/key": "no key" } });
    expect(bad.found.map(({ code }) => code)).toEqual(["U884"]);
  });

  it("builds the script where the sysroot has no networkd, and says why", async () => {
    const sysroot = syntheticSysroot({ "/usr/lib/systemd/systemd-networkd": undefined });
    const { compiled, found: all } = await compileText(`[network.links.eth0]\ndhcp = "ipv4"\n${plainRoot}`, {
      sysroot,
    });
    expect(all.map(({ code, message }) => `${code} ${message}`)).toEqual([
      "U253 the systemd stage one cannot do link:eth0: the sysroot has no systemd-networkd; a scripted stage one is built",
    ]);
    expect(textAt(compiled, "/init")).toContain("step link:eth0 go-on bring_up eth0 dhcp=ipv4\n");
  });

  it.each([
    ["[network.links.eth0]\ndhcp = true\n", "it has no DHCPv6"],
    ["[network.links.enp1s0]\n", "without udev hardware has the kernel's name"],
    ['[network.links.bond0]\nkind = "bond"\nbond-options = { lacp-transmit-rate = "fast" }\n', "of bonds it sets"],
  ])("says of %j what the script cannot do", async (toml, reason) => {
    const { found: all } = await compileText(`[stage-one]\nkind = "scripted"\n${toml}${plainRoot}`);
    expect(all.map(({ code, message }) => `${code} ${message}`)).toEqual([expect.stringContaining(reason)]);
  });
});
