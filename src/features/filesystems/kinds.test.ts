import { describe, expect, it } from "vitest";
import { compileText, textAt } from "../../testing/synthetic-sysroot.ts";

async function compiled(table: string) {
  const { compiled: result, found } = await compileText(`[filesystems."/"]\ndevice = "UUID=a"\n${table}`);
  const findings = found.map(({ code, at, message }) => `${code} ${at[0]?.line ?? "-"}: ${message}`);
  return { mount: textAt(result, "/usr/lib/systemd/system/sysroot.mount"), findings };
}

describe("a type of file system", () => {
  it("that cannot be written is mounted read-only without being asked", async () => {
    expect((await compiled('type = "squashfs"')).mount).toContain("Options=ro\n");
    expect((await compiled('type = "erofs"\noptions = ["ro", "noatime"]')).mount).toContain("Options=ro,noatime\n");
    expect((await compiled('type = "iso9660"\noptions = ["rw"]')).findings).toEqual([
      'U141 4: filesystems."/": iso9660 cannot be written',
    ]);
  });

  it("that is not listed is mounted by its name, with the module of that name", async () => {
    const { mount, findings } = await compiled('type = "nilfs2"');
    expect(mount).toContain("Type=nilfs2\n");
    expect(findings).toEqual([expect.stringMatching(/^U\d+ 1: .*nilfs2/)]);
  });

  it("is never guessed", async () => {
    expect((await compiled('type = "auto"')).findings[0]).toContain("it is never guessed");
  });
});
