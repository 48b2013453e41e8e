import { describe, expect, it } from "vitest";
import { compileText } from "../../testing/synthetic-sysroot.ts";

async function compiled(unlock: string) {
  const toml = `[filesystems."/"]\ndevice = "/dev/mapper/a"\ntype = "ext4"\n[luks.a]\ndevice = "UUID=a"\nunlock = ${unlock}\n`;
  const { compiled: result, found } = await compileText(toml);
  return { result, findings: found.map(({ code, at, message }) => `${code} ${at[0]?.line ?? "-"}: ${message}`) };
}

describe("a program that makes the key", () => {
  it("is for the script, and the warning names its line", async () => {
    const { result, findings } = await compiled('[{ command = ["echo", "/it\'s"] }, "passphrase"]');
    expect(findings).toEqual([
      "U253 6: the systemd stage one cannot do luks:a: systemd-cryptsetup takes no program that makes the key; a scripted stage one is built",
    ]);
    expect(result?.stage.script).toContain("unlock_luks a UUID=a command,passphrase 0");
    const entry = result?.manifest.entries.find(({ path }) => path === "/etc/unitrd/unlock/a");
    const bytes = entry?.type === "file" && entry.content.is === "bytes" ? entry.content.bytes : new Uint8Array();
    expect(new TextDecoder().decode(bytes)).toMatch(/^#!\/bin\/sh\nexec \/\S*\/echo '\/it'\\''s'\n$/);
  });

  it("comes before the question, which has no end", async () => {
    const { findings } = await compiled('["passphrase", { command = ["cat", "/key"] }]');
    expect(findings[0]).toContain("U150 6: luks.a: a pass phrase is asked for until it fits");
  });

  it("is one", async () => {
    const { findings } = await compiled('[{ command = ["cat", "/a"] }, { command = ["cat", "/b"] }]');
    expect(findings[0]).toContain("each way to unlock counts once");
  });
});
