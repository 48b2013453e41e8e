import { describe, expect, it } from "vitest";
import { compileText } from "../../testing/synthetic-sysroot.ts";
import { volumeDevices } from "./declared.ts";

describe("[lvm]", () => {
  it("knows a volume by both of its names, with dashes doubled in that of the mapping", () => {
    expect(volumeDevices("vg-0", "a-b")).toEqual([
      "/dev/mapper/vg--0-a--b",
      "/dev/vg-0/a-b",
      "/dev/disk/by-id/dm-name-vg--0-a--b",
    ]);
  });

  it.each(["/dev/vg-0/root", "/dev/mapper/vg--0-root"])("mounts %s after the group", async (device) => {
    const toml = `[lvm.vg-0]\nvolumes = ["root"]\n[filesystems."/"]\ndevice = "${device}"\ntype = "ext4"\n`;
    const { compiled, found } = await compileText(toml);
    expect(found).toEqual([]);
    expect(compiled?.plan.edges).toMatchObject([{ earlier: "lvm:vg-0", later: "mount:/", strength: "requires" }]);
  });

  it.each([
    ['[filesystems."/"]\ndevice = "/dev/mapper/vg--0-root"\n', "U202", "lvm.vg-0 with this volume"],
    ['[lvm.a]\n[filesystems."/"]\ndevice = "UUID=a"\n', "U805", 'volumes = ["root"]'],
    ['[lvm.a]\nvolumes = ["b"]\nthin = ["b"]\n[filesystems."/"]\ndevice = "UUID=a"\n', "U805", "take it out"],
  ])("finds what is wrong with %j", async (toml, code, hint) => {
    const { found } = await compileText(`${toml}type = "ext4"\n`);
    expect(found[0]).toMatchObject({ code });
    expect(found[0]?.hint).toContain(hint);
  });
});
