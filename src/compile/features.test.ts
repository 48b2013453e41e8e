import { describe, expect, it } from "vitest";
import type { MemoryFile } from "../sysroot/memory-tree.ts";
import { compileText, entryAt, plainRoot, syntheticSysroot, textAt } from "../testing/synthetic-sysroot.ts";

/** A declaration around a plain root: what is found, as `code line:path`. */
async function found(toml: string, beside: Readonly<Record<string, MemoryFile>> = {}): Promise<readonly string[]> {
  const result = await compileText(`${toml}${plainRoot}`, { beside });
  return result.found.map(({ code, at }) => `${code} ${at[0]?.line ?? 0}:${at[0]?.path ?? ""}`);
}

describe("[luks]", () => {
  it("unlocks as systemd-cryptsetup-generator would, and asks for ever", async () => {
    const { compiled } = await compileText(`[luks.root-1]\ndevice = "UUID=a"\n${plainRoot}`);
    const unit = textAt(compiled, "/etc/systemd/system/systemd-cryptsetup@root\\x2d1.service") ?? "";
    expect(unit).toContain(
      "ExecStart=/usr/lib/systemd/systemd-cryptsetup attach root-1 /dev/disk/by-uuid/a - luks,tries=0\n",
    );
    expect(unit).toContain("Wants=blockdev@dev-mapper-root\\x2d1.target\n");
    expect(unit).toContain("TimeoutSec=infinity\n");
  });

  it("keeps what the device mapper would spell otherwise from being a name", async () => {
    for (const name of ['"my root"', '"a,b"', '"-x"', '"ä"', "control"]) {
      expect(await found(`[luks.${name}]\ndevice = "UUID=a"\n`)).toHaveLength(1);
    }
  });

  it.each([
    ['device = "UUID=a"\n[luks.b]\ndevice = "UUID=A"\n', ["U823 1:luks.a"]],
    ['device = "PARTUUID=a"\n[luks.b]\ndevice = "PARTUUID=A"\n', ["U151 4:luks.b.device", "U823 1:luks.a"]],
    ['device = "UUID=a"\nunlock = ["key-file"]\n', ["U150 3:luks.a.unlock"]],
    ['device = "UUID=a"\nkey-file = "key"\nunlock = ["passphrase"]\n', ["U150 3:luks.a.key-file"]],
    ['device = "UUID=a"\nkey-file = "none"\n', ["U180 3:luks.a.key-file"]],
    ['device = "UUID=a"\nkey-file = { secret = "none" }\n', ["U824 3:luks.a.key-file"]],
    ['device = "UUID=a"\nkey-file = { secret = "s" }\n[secrets.s]\nfile = "key"\n', []],
    ['device = "UUID=a"\nkey-file = "directory"\n', ["U180 3:luks.a.key-file"]],
    ['device = "/dev/mapper/b"\n', ["U202 2:luks.a.device"]],
    ['device = "/dev/mapper/a"\n', ["U202 2:luks.a.device"]],
    ['device = "/dev/mapper/b"\n[luks.b]\ndevice = "/dev/mapper/a"\n', ["U203 1:luks.a"]],
  ])("finds what is wrong with %j", async (toml, codes) => {
    expect(await found(`[luks.a]\n${toml}`, { "/key": "k", "/directory/file": "" })).toEqual(codes);
  });

  it("starts no clock for root= where nobody types", async () => {
    const typed = await compileText(`[luks.a]\ndevice = "UUID=a"\n${plainRoot}`);
    expect(textAt(typed.compiled, "/etc/systemd/system/unitrd-root-clock.timer")).toContain("OnActiveSec=90s\n");
    const silent = await compileText(
      `[luks.a]\ndevice = "UUID=a"\nkey-file = "k"\nunlock = ["key-file"]\n${plainRoot}`,
      {
        beside: { "/k": "k" },
      },
    );
    expect(entryAt(silent.compiled, "/etc/systemd/system/unitrd-root-clock.timer")).toBeUndefined();
  });
});

describe("[filesystems]", () => {
  it.each([
    ['[filesystems."/a"]\ntype = "ext4"\n', ['U141 2:filesystems."/a".type']],
    ['[filesystems."/a"]\ntype = "tmpfs"\ndevice = "UUID=a"\n', ['U141 3:filesystems."/a".device']],
    ['[filesystems."/a"]\ntype = "bind"\n', ['U141 2:filesystems."/a".type']],
    ['[filesystems."/a"]\ntype = "xfs"\ndevice = "UUID=a"\nfsck = true\n', ['U141 4:filesystems."/a".fsck']],
    [
      '[filesystems."/a"]\ntype = "ext4"\ndevice = "UUID=a"\noptions = ["a,b"]\n',
      ['U014 4:filesystems."/a".options[0]'],
    ],
    [
      '[filesystems."/a"]\ntype = "ext4"\ndevice = "UUID=a"\ndevice-timeout = 0\n',
      ['U014 4:filesystems."/a".device-timeout'],
    ],
    ['[filesystems."/a "]\ntype = "ext4"\ndevice = "UUID=a"\n', ['U015 1:filesystems."/a "']],
    ['[filesystems."/a"]\ntype = "ext4"\ndevice = "/dev/nvme0n1p1"\n', ['U186 3:filesystems."/a".device']],
    ['[filesystems."/a"]\ntype = "ext4"\ndevice = "/dev/md0"\n', ['U202 3:filesystems."/a".device']],
  ])("finds what is wrong with %j", async (toml, codes) => {
    expect(await found(toml)).toEqual(codes);
  });

  it("checks one device once", async () => {
    const twice = ["a", "b"].map((name) => `[filesystems."/${name}"]\ntype = "ext4"\ndevice = "UUID=a"\n`).join("");
    expect(await found(twice)).toContain('U141 6:filesystems."/b".device');
  });

  it("finds no root where there is none", async () => {
    const { found: all } = await compileText('[filesystems."/a"]\ntype = "tmpfs"\n');
    expect(all.map(({ code }) => code)).toContain("U140");
  });

  it("puts what a word of the command line replaces where a generator beats it", async () => {
    const { compiled } = await compileText(
      `[filesystems."/usr"]\ntype = "ext4"\ndevice = "UUID=b"\n[filesystems."/srv"]\ntype = "ext4"\ndevice = "UUID=c"\n${plainRoot}`,
    );
    const units = (compiled?.manifest.entries ?? [])
      .map(({ path }) => path)
      .filter((path) => /\.mount$|fsck.*\.service$/.test(path));
    expect(units.filter((path) => !/\.(wants|requires)\//.test(path))).toEqual([
      "/etc/systemd/system/sysroot-srv.mount",
      "/usr/lib/systemd/system/sysroot-usr.mount",
      "/usr/lib/systemd/system/sysroot.mount",
      "/usr/lib/systemd/system/systemd-fsck-root.service",
      "/usr/lib/systemd/system/systemd-fsck-usr.service",
      "/usr/lib/systemd/system/systemd-fsck@dev-disk-by\\x2duuid-c.service",
    ]);
  });
});

describe("[units]", () => {
  const echo = "[Service]\\nExecStart=/usr/bin/echo\\n";

  it.each([
    ['[units."a.service"]\n', ['U130 1:units."a.service"']],
    [`[units."a.service"]\ntext = "${echo}"\nshipped = true\n`, ['U130 1:units."a.service"']],
    ['[units."a.service"]\ntext = "nothing"\n', ['U131 2:units."a.service".text']],
    [`[units."a.service"]\ntext = "${echo}[Install]\\nWantedBy=initrd.target\\n"\n`, ['U132 2:units."a.service".text']],
    ['[units."a.service"]\ndrop-in = "[Unit]\\nAfter=x\\n"\n', ['U133 2:units."a.service".drop-in']],
    [`[units."a.service"]\ntext = "${echo}"\nwanted-by = ["b.target"]\n`, ['U133 3:units."a.service".wanted-by[0]']],
    ['[units."paths.target"]\nleave-out = true\nwanted-by = ["initrd.target"]\n', ['U130 1:units."paths.target"']],
    ['[units."a.service"]\nshipped = true\n', ['U184 1:units."a.service"']],
    ['[units."a.service"]\ntext = "[Service]\\nExecStart=/usr/bin/none\\n"\n', ['U183 1:units."a.service"']],
    ['[units."a.service"]\ntext = "[Service]\\nExecStart=-/usr/bin/none\\n"\n', []],
    [`[units."a.service"]\ntext = "${echo}User=nobody-here\\n"\n`, ['U310 1:units."a.service"']],
  ])("finds what is wrong with %j", async (toml, codes) => {
    expect(await found(toml)).toEqual(codes);
  });

  it("lets a person's text replace a unit of ours, wherever that lies", async () => {
    const text = "[Service]\\nType=oneshot\\nExecStart=/usr/bin/echo mine\\n";
    const { compiled, found: all } = await compileText(`[units."emergency.service"]\ntext = "${text}"\n${plainRoot}`);
    expect(all).toEqual([]);
    expect(textAt(compiled, "/etc/systemd/system/emergency.service")).toContain("echo mine");
  });

  it("leaves out a unit of ours with all that pulls it in", async () => {
    const { compiled } = await compileText(`[units."unitrd-refuse.service"]\nleave-out = true\n${plainRoot}`);
    const names = (compiled?.manifest.entries ?? []).filter(({ path }) => path.endsWith("/unitrd-refuse.service"));
    expect(names).toEqual([]);
  });

  it("brings the program that a unit starts, and makes a drop-in pull in the unit", async () => {
    const { compiled, found: all } = await compileText(
      `[units."a.service"]\ntext = "[Service]\\nExecStart=/usr/sbin/dmsetup ls\\n"\n[units."paths.target"]\ndrop-in = "[Unit]\\nAfter=a.service\\n"\nwanted-by = ["initrd.target"]\n${plainRoot}`,
    );
    expect(all).toEqual([]);
    expect(entryAt(compiled, "/usr/sbin/dmsetup")).toBeDefined();
    expect(entryAt(compiled, "/etc/systemd/system/initrd.target.wants/paths.target")).toBeDefined();
  });
});

describe("other tables", () => {
  it.each([
    ['[files."/"]\ntext = "a"\n', ['U120 1:files."/"']],
    ['[files."/a"]\n', ['U120 1:files."/a"']],
    ['[files."/a"]\ntext = "a"\nsecret = true\nmode = "0644"\n', ['U121 4:files."/a".mode']],
    ['[files."/a"]\nlink = "b"\nmode = "0644"\n', ['U122 3:files."/a".mode']],
    ['[files."/etc/passwd"]\ntext = "a"\n', ['U400 1:files."/etc/passwd"']],
    ['[modules]\navailable = ["nvme"]\ndeny = ["nvme"]\n', ["U110 2:modules.available[0]"]],
    ['[modules]\navailable = ["kvm_amd"]\noptions.kvm_amd = ["a=b c"]\n', ["U014 3:modules.options.kvm_amd[0]"]],
    ['[modules]\navailable = ["kvm_amd"]\noptions.kvm_amd = ["a=b\\\\"]\n', ["U014 3:modules.options.kvm_amd[0]"]],
    ['[modules]\navailable = ["kvm_amd"]\noptions.kvm_amd = [\'a="b c"\']\n', []],
    ['[image]\ndrivers = "host"\n', ["U864 2:image.drivers"]],
    ['[image]\ndrivers = "host"\nhost = "none.json"\n', ["U180 3:image.host"]],
    ['[image]\nhost = "none.json"\n', ["U866 2:image.host"]],
    ['[image]\nmicrocode = "host"\n', ["U863 2:image.microcode"]],
    ['[image]\nmicrocode = "all"\n', ["U861 2:image.microcode"]],
    ["[stage-one]\npanic-on-fail = true\nemergency-access = true\n", ["U102 2:stage-one.panic-on-fail"]],
    ['[programs]\ninclude = ["none"]\n', ["U183 2:programs.include[0]"]],
    ['[console]\nkeymap = "none"\n', ["U160 2:console.keymap"]],
  ])("find what is wrong with %j", async (toml, codes) => {
    expect(await found(toml)).toEqual(codes);
  });

  it("keep every byte of a keymap, whatever its encoding", async () => {
    const bytes = Uint8Array.from([...Buffer.from("keycode 1 = "), 0xe9, 0x0a]);
    const { compiled } = await compileText(`[console]\nkeymap = "fr"\n${plainRoot}`, {
      sysroot: syntheticSysroot({ "/usr/share/keymaps/fr.map": bytes }),
    });
    const entry = entryAt(compiled, "/usr/share/unitrd/keymap/fr.map");
    const content = entry?.type === "file" && entry.content.is === "bytes" ? entry.content.bytes : undefined;
    expect(Buffer.from(content ?? []).toString("hex")).toBe(Buffer.from(bytes).toString("hex"));
  });

  it("say that a tree without systemd is no sysroot", async () => {
    const { compiled, found: all } = await compileText(plainRoot, {
      sysroot: syntheticSysroot({ "/usr/lib/systemd/systemd": undefined }),
    });
    expect(compiled).toBeUndefined();
    expect(all.map(({ code }) => code)).toEqual(["U182"]);
  });
});
