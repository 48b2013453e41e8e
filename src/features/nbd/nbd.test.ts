import { describe, expect, it } from "vitest";
import { compileText, textAt } from "../../testing/synthetic-sysroot.ts";

const link = '[network.links.eth0]\ndhcp = "ipv4"\n';

describe("disks and file systems of other machines", () => {
  it("attaches a network block device when the network is there, and mounts it afterwards", async () => {
    const root = '[filesystems."/"]\ndevice = "/dev/nbd0"\ntype = "ext4"\nfsck = false\n';
    const { compiled, found } = await compileText(`${link}[nbd.nbd0]\nserver = "192.0.2.1"\nexport = "a b"\n${root}`);
    expect(found).toEqual([]);
    const unit = textAt(compiled, "/etc/systemd/system/unitrd-nbd-nbd0.service");
    expect(unit).toContain('ExecStart=/usr/sbin/nbd-client 192.0.2.1 10809 /dev/nbd0 -name "a b"\n');
    const order = compiled?.plan.steps.map(({ id }) => id) ?? [];
    expect(order.indexOf("network:online")).toBeLessThan(order.indexOf("nbd:nbd0"));
    expect(order.indexOf("nbd:nbd0")).toBeLessThan(order.indexOf("mount:/"));
  });

  it("mounts NFS by its remote name, without locks where they need a daemon", async () => {
    const root = '[filesystems."/"]\ntype = "nfs"\nremote = "192.0.2.1:/srv"\noptions = ["vers=3"]\n';
    const { compiled, found } = await compileText(`${link}${root}`);
    expect(found).toEqual([]);
    const unit = textAt(compiled, "/usr/lib/systemd/system/sysroot.mount");
    expect(unit).toContain("What=192.0.2.1:/srv\n");
    expect(unit).toContain("Options=vers=3,nolock\n");
  });

  it.each([
    ['[filesystems."/"]\ntype = "nfs"\nremote = "192.0.2.1:/srv"\n', "U202"],
    [`${link}[network]\nhand-over = "flush"\n[filesystems."/"]\ntype = "nfs"\nremote = "192.0.2.1:/srv"\n`, "U887"],
    [`${link}[filesystems."/"]\ntype = "nfs"\n`, "U141"],
    [`${link}[filesystems."/"]\ntype = "ext4"\ndevice = "UUID=a"\nremote = "192.0.2.1:/srv"\n`, "U141"],
  ])("refuses what could not boot: %s", async (toml, code) => {
    const { found } = await compileText(toml);
    expect(found.map((one) => one.code)).toContain(code);
  });
});
