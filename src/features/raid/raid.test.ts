import { describe, expect, it } from "vitest";
import { compileText } from "../../testing/synthetic-sysroot.ts";

const root = '[filesystems."/"]\ndevice = "UUID=a"\ntype = "ext4"\n';
const uuid = 'uuid = "11111111-22224333-84445555-55555501"\n';

async function compiled(table: string, beside: Readonly<Record<string, string>> = {}) {
  const { compiled: result, found } = await compileText(`${table}\n${root}`, { beside });
  const text = (path: string): string | undefined => {
    const entry = result?.manifest.entries.find((one) => one.path === path);
    if (entry?.type !== "file" || entry.content.is !== "bytes") return undefined;
    return new TextDecoder().decode(entry.content.bytes);
  };
  return { text, found: found.map(({ code, at, message }) => `${code} ${at[0]?.line ?? "-"}: ${message}`) };
}

describe("[raid]", () => {
  it("starts nothing but what is declared, under the declared name", async () => {
    const { text, found } = await compiled(`[raid.md0]\n${uuid}`);
    expect(found).toEqual([]);
    const config = text("/etc/unitrd/raid/md0.conf");
    expect(config).toContain("AUTO -all\nARRAY /dev/md0 UUID=11111111:22224333:84445555:55555501\n");
    expect(text("/etc/modprobe.d/unitrd-raid.conf")).toContain("options md_mod start_ro=1");
  });

  it("takes the line of its array from an mdadm.conf, and nothing else", async () => {
    const conf = "PROGRAM /bin/evil\nARRAY <ignore> name=x\narray /dev/md/a level=raid1 # two\n  UUID=1:2 spares=1\n";
    const { text } = await compiled('[raid.a]\nconfig = "mdadm.conf"\n', { "/mdadm.conf": conf });
    const config = text("/etc/unitrd/raid/a.conf") ?? "";
    expect(config).toContain("ARRAY /dev/md/a UUID=1:2\n");
    expect(config).not.toContain("evil");
  });

  it("knows an array by its name whichever machine the metadata name before it", async () => {
    const { text, found } = await compiled('[raid.a]\nname = "swift"\n');
    expect(found).toEqual([]);
    const rules = text("/etc/udev/rules.d/64-unitrd-raid-a.rules") ?? "";
    expect(rules).toContain('ENV{MD_NAME}!="swift|*:swift", GOTO="unitrd_raid_end"');
    expect(text("/etc/unitrd/raid/a.conf")).toContain("ARRAY /dev/md/a devices=/dev/*\n");
  });

  it("takes a declared machine for part of the name", async () => {
    const { text } = await compiled('[raid.a]\nconfig = "mdadm.conf"\n', { "/mdadm.conf": "ARRAY a name=b:swift\n" });
    expect(text("/etc/udev/rules.d/64-unitrd-raid-a.rules")).toContain('ENV{MD_NAME}!="b:swift", GOTO=');
  });

  it.each([
    ["[raid.a]\n", "U801 1: raid.a: nothing says which devices are its own"],
    [`[raid.a]\n${uuid}degraded-after = "5s"\n`, "U801 3: raid.a: `degraded-after` counts only with `degraded`"],
    [`[raid.a]\n${uuid}level = "0"\ndegraded = true\n`, "U801 4: raid.a: level 0 has no device that it can do without"],
    [
      '[raid.a]\nconfig = "mdadm.conf"\n',
      "U800 2: mdadm.conf has no line ARRAY /dev/md/a that says which devices are its own",
    ],
    [
      '[raid.b]\nconfig = "unsafe.conf"\n',
      "U800 2: unsafe.conf has no line ARRAY /dev/md/b that says which devices are its own",
    ],
    [`[raid.'a"b']\n${uuid}`, "U0"],
    ["[raid.a]\ndevices = ['/dev/a*']\n", "U0"],
    ["[raid.a]\nuuid = 'x'\n", "U0"],
  ])("finds what is wrong with %j", async (table, finding) => {
    const { found } = await compiled(table, {
      "/mdadm.conf": "ARRAY /dev/md/b UUID=1:2\n",
      "/unsafe.conf": 'ARRAY /dev/md/b name=x",RUN+="y\n',
    });
    expect(found[0]).toContain(finding);
  });
});
