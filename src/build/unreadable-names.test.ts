import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { build } from "./build.ts";

it("says which names of the sysroot are passed over because they are not UTF-8", async () => {
  const root = mkdtempSync(join(tmpdir(), "unitrd-names-"));
  try {
    mkdirSync(join(root, "usr/lib/modules"), { recursive: true });
    mkdirSync(Buffer.concat([Buffer.from(join(root, "usr/lib/modules/6.1-caf")), Buffer.from([0xe9])]));
    writeFileSync(join(root, "machine.toml"), '[filesystems."/"]\ndevice = "/dev/vda"\ntype = "ext4"\n');
    const { diagnostics } = await build({
      declaration: [join(root, "machine.toml")],
      sysroot: root,
      output: join(root, "image"),
      cache: false,
    });
    expect(diagnostics.filter(({ code }) => code === "U191")).toMatchObject([
      { severity: "warning", message: `${root}: in /usr/lib/modules, 6.1-caf\\xe9 is not UTF-8 and is passed over` },
    ]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
