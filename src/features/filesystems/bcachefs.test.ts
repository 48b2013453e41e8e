import { describe, expect, it } from "vitest";
import { compileText, syntheticSysroot } from "../../testing/synthetic-sysroot.ts";

const beside = { "/key": "k".repeat(32), "/phrase": "unitrd-test\n" };

async function compiled(table: string, more = "") {
  const toml = `[filesystems."/"]\ntype = "bcachefs"\n${table}\n${more}`;
  const { compiled: result, found } = await compileText(toml, { beside, sysroot: syntheticSysroot() });
  const findings = found.map(({ code, at, message }) => `${code} ${at[0]?.line ?? "-"}: ${message}`);
  return { stage: result?.stage, plan: result?.plan, findings: findings.filter((line) => !/^U(183|355)/.test(line)) };
}

describe("a bcachefs", () => {
  it("on one device is mounted by systemd", async () => {
    const { stage, findings } = await compiled('device = "UUID=b"');
    expect(findings).toEqual([]);
    expect(stage?.kind).toBe("systemd");
  });

  it("on several falls back at the line that names them", async () => {
    const { stage, findings } = await compiled('devices = ["/dev/vda", "/dev/vdb"]');
    expect(findings.find((line) => line.startsWith("U253"))).toBe(
      "U253 3: the systemd stage one cannot do mount:/: to systemd several devices with colons between them are one device, which never appears; a scripted stage one is built",
    );
    expect(stage?.script).toContain("step mount:/ stop mount_bcachefs / '' default");
  });

  it("on several is an error there when falling back is not wanted", async () => {
    const { findings } = await compiled('devices = ["UUID=b"]', '[stage-one]\non-unsupported = "error"\n');
    expect(findings.find((line) => line.startsWith("U252"))).toContain(
      "U252 3: the systemd stage one cannot do mount:/",
    );
  });

  it("with encryption is unlocked before it is mounted", async () => {
    const { plan, findings } = await compiled('device = "UUID=b"', '[filesystems."/".encryption]\nkey-file = "key"\n');
    expect(plan?.steps.map(({ id }) => id)).toEqual(["unlock:/", "mount:/"]);
    expect(findings.some((line) => line.includes("systemd has no unlocking of bcachefs"))).toBe(true);
  });

  it("takes a key and no pass phrase for one", async () => {
    const { findings } = await compiled('device = "UUID=b"', '[filesystems."/".encryption]\nkey-file = "phrase"\n');
    expect(findings).toContain(
      'U142 5: filesystems."/".encryption: the key of a bcachefs has 32 bytes, and this file 12',
    );
  });

  it("lies on what is declared once", async () => {
    expect((await compiled('device = "UUID=b"\ndevices = ["UUID=c"]')).findings[0]).toContain("U141 3:");
    expect((await compiled("")).findings[0]).toContain("bcachefs needs a `device`, or several `devices`");
    expect((await compiled('device = "UUID=b"\noptions = ["degraded"]')).findings[0]).toContain("U141 4:");
  });
});

describe("another file system", () => {
  it("has neither several devices nor encryption of its own", async () => {
    const toml =
      '[filesystems."/"]\ntype = "ext4"\ndevice = "UUID=a"\ndevices = ["UUID=b"]\ndegraded = true\nencryption = {}\n';
    const { found } = await compileText(toml, { beside });
    expect(found.map(({ code, at }) => `${code} ${at[0]?.line ?? "-"}`)).toEqual(["U141 4", "U141 5", "U141 6"]);
  });
});
