import { describe, expect, it } from "vitest";
import { compileText, entryAt, plainRoot, syntheticSysroot, textAt } from "../testing/synthetic-sysroot.ts";

const list = "/etc/unitrd/way-back.conf";
const unit = "/etc/systemd/system/unitrd-way-back.service";
const encrypted = '[luks.a]\ndevice = "UUID=b"\n';

describe("the way back at power-off", () => {
  it("is laid where something stays open below the root", async () => {
    const { compiled, found } = await compileText(`${plainRoot}${encrypted}`);
    expect(found).toEqual([]);
    expect(textAt(compiled, list)).toContain("C /run/initramfs/shutdown - - - - /usr/lib/systemd/systemd-shutdown\n");
    expect(textAt(compiled, unit)).toContain("Before=initrd-switch-root.target shutdown.target\n");
    expect(entryAt(compiled, "/etc/systemd/system/initrd.target.wants/unitrd-way-back.service")).toBeDefined();
  });

  it("is laid by the script too, without a unit", async () => {
    const { compiled } = await compileText(`[stage-one]\nkind = "scripted"\n${plainRoot}${encrypted}`);
    expect(textAt(compiled, list)).toContain("C /run/initramfs/etc/initrd-release - - - - /etc/os-release\n");
    expect(entryAt(compiled, unit)).toBeUndefined();
    expect(entryAt(compiled, "/usr/lib/systemd/systemd-shutdown")).toBeDefined();
  });

  it("is a hint where the real system would not come back", async () => {
    const sysroot = syntheticSysroot({ "/usr/lib/systemd/systemd-shutdown": undefined });
    const toml = `[stage-one]\nkind = "scripted"\n${plainRoot}${encrypted}`;
    const { compiled, found } = await compileText(toml, { sysroot });
    expect(found.map(({ code, severity }) => [code, severity])).toEqual([["U812", "hint"]]);
    expect(entryAt(compiled, list)).toBeUndefined();
  });

  it.each([
    ["where the root lies on a disk", plainRoot],
    ["where it is not wanted", `[stage-one]\nclose-at-shutdown = false\n${plainRoot}${encrypted}`],
  ])("is not laid %s", async (_, toml) => {
    const { compiled } = await compileText(toml);
    expect(entryAt(compiled, list)).toBeUndefined();
    expect(entryAt(compiled, unit)).toBeUndefined();
  });
});
