import { describe, expect, it } from "vitest";
import { compileText, textAt } from "../../testing/synthetic-sysroot.ts";

async function compiled(mount: string, stageOne = "systemd") {
  const { compiled: result, found } = await compileText(
    `[filesystems."/"]\n${mount}\n[stage-one]\nkind = "${stageOne}"\n`,
  );
  return {
    text: (path: string) => textAt(result, path),
    found: found.map(({ code, at, message }) => `${code} ${at[0]?.line ?? "-"}: ${message}`),
  };
}

describe("a directory that the host shares", () => {
  it("is mounted by its tag when its driver is ready", async () => {
    const { text, found } = await compiled('type = "9p"\ntag = "root"\noptions = ["msize=65536"]');
    expect(found).toEqual([]);
    const unit = text("/usr/lib/systemd/system/sysroot.mount");
    expect(unit).toContain("What=root\nWhere=/sysroot\nType=9p\n");
    expect(unit).toContain("Options=trans=virtio,version=9p2000.L,msize=65536\n");
    expect(text("/etc/udev/rules.d/90-unitrd-9p-root.rules")).toContain(
      'ATTR{mount_tag}=="root", TAG+="systemd", ENV{SYSTEMD_ALIAS}+="/dev/unitrd/9p/root"',
    );
  });

  it("by virtiofs has no options of 9p", async () => {
    const { text, found } = await compiled('type = "virtiofs"\ntag = "root"', "scripted");
    expect(found).toEqual([]);
    expect(text("/init")).toContain("mount_share / virtiofs root '' default ");
  });

  it.each([
    ['type = "9p"', "type", "9p needs a `tag`"],
    ['type = "ext4"\ndevice = "UUID=a"\ntag = "b"', "tag", "only 9p and virtiofs have a `tag`"],
    ['type = "virtiofs"\ntag = "a,b"', "tag", "a tag has letters"],
    ['type = "9p"\ntag = "a"\ndevice = "UUID=b"', "device", "device"],
  ])("is refused as %j", async (mount, _, message) => {
    const { found } = await compiled(mount);
    expect(found.join("\n")).toContain(message);
  });
});
