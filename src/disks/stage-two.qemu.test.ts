import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readStageTwo } from "../scenario/stage-two-report.ts";
import { diskSchema } from "../scenario/disks/layout.ts";
import { makeDisks } from "./make.ts";

const tree = process.env["UNITRD_TREE_TRIXIE"];

/** A stage one of a few lines: the report is stage two's alone. */
const init = `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /run /root /bin
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /run
xzcat /virtio_blk.ko.xz >/virtio_blk.ko
insmod /virtio_blk.ko
mkdir -p /run/unitrd /run/log/journal/0
echo "100 mount:/ started" >/run/unitrd/steps
echo "not a real one" >/run/log/journal/0/system.journal
printf '/etc/shadowed\\n/etc\\n/sbin/init\\n/bin/sh\\n/nowhere\\n/etc/with blank' >/run/unitrd/report-paths
mount -o ro /dev/vda /root
for directory in proc sys dev run; do mount --move /$directory /root/$directory; done
exec switch_root /root /sbin/init
`;

describe.skipIf(tree === undefined)("the reporting root (UNITRD_TREE_TRIXIE)", () => {
  let work: string;
  let console_: string;
  let report: ReadonlyMap<string, Buffer>;
  let raw: Buffer;

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), "unitrd-stage-two-"));
    const disk = diskSchema.parse({
      name: "root",
      size: "32M",
      content: {
        type: "ext4",
        fill: "stage-two",
        files: {
          "/etc/shadowed": { text: "x".repeat(5000), mode: "0640", uid: 1, gid: 2 },
          "/etc/with blank": "section end 3\nend\n",
          "/etc/unitrd-report-paths": "/etc/os-release\n",
          "/unitrd-assert.sh": "echo seen; grep -c root /etc/passwd; exit 3\n",
        },
      },
    });
    const using = {
      store: join(work, "disks"),
      templates: fileURLToPath(new URL("../../templates", import.meta.url)),
      path: (name: string) => name,
      image: (name: string) => Promise.resolve(name),
      builder: { version: () => Promise.resolve(""), build: () => Promise.reject(new Error("unused")) },
    };
    const [made] = await makeDisks({ disk: [disk] }, using, (finding) => {
      throw new Error(finding.message);
    });
    boot(made?.path ?? "");
    console_ = readFileSync(join(work, "console"), "utf8");
    raw = readFileSync(join(work, "report"));
    report = sections(raw);
  }, 120_000);

  afterAll(() => {
    rmSync(work, { recursive: true, force: true });
  });

  it("says on the console that it was reached, and powers off", () => {
    expect(console_).toContain("STAGE2-REACHED");
    expect(console_).toMatch(/reboot: Power down/);
  });

  it("frames its sections by size, and ends the report", () => {
    expect(raw.subarray(0, 26).toString()).toBe("unitrd-report 1 stage-two\n");
    expect(raw.subarray(-5).toString()).toBe("\nend\n");
  });

  it("reports mounts, command line, modules, parameters and steps", () => {
    expect(text("mountinfo")).toMatch(/ \/ \/ ro,relatime .* ext4 \/dev\/vda ro/);
    expect(text("mounts")).toMatch(/^\/dev\/vda \/ ext4 ro/m);
    expect(text("cmdline")).toContain("unitrd.test=1");
    expect(text("modules")).toMatch(/^virtio_blk /);
    expect(text("module-parameters")).toMatch(/^printk\.time=Y$/m);
    expect(text("steps")).toBe("100 mount:/ started\n");
    expect(Number(text("uptime").split(" ")[0])).toBeGreaterThan(0);
    expect(text("mappings")).toBe("");
    expect(text("swaps")).toContain("Filename");
  });

  it("reports files with mode, owner, digest and the beginning of their content", () => {
    const files = text("files");
    expect(files).toMatch(/^file 644 0 0 [0-9]+ [0-9a-f]{64} [0-9]+ \/etc\/os-release\nID=unitrd-stage-two\n/);
    expect(files).toMatch(/\nfile 640 1 2 5000 [0-9a-f]{64} 4096 \/etc\/shadowed\nx{4096}\n/);
    expect(files).toMatch(/\ndirectory 755 0 0 4096 - 0 \/etc\n\n/);
    expect(files).toContain("\nsymlink 777 0 0 7 - 7 /bin/sh\nbusybox\n");
    expect(files).toContain("\nabsent - - - - - 0 /nowhere\n\n");
    expect(files).toMatch(/\nfile 644 0 0 18 [0-9a-f]{64} 18 \/etc\/with blank\nsection end 3\nend\n\n$/);
  });

  it("is read back by the reader that judges boots", () => {
    const read = readStageTwo(report);
    expect(read.mounts.findLast(({ path }) => path === "/")).toMatchObject({ source: "/dev/vda", type: "ext4" });
    expect([...read.files.keys()]).toEqual([
      ...["/etc/os-release", "/etc/shadowed", "/etc", "/sbin/init", "/bin/sh", "/etc/with blank"],
    ]);
    expect(read.files.get("/etc/with blank")?.content).toBe("section end 3\nend\n");
    expect(read.shell).toEqual({ status: 3, output: "seen\n1\n" });
    expect(read.parameters.get("printk.time")).toBe("Y");
  });

  it("runs the assertion and reports its status before its output", () => {
    expect(text("assert")).toBe("3\nseen\n1\n");
  });

  it("packs the journal", () => {
    writeFileSync(join(work, "journal.tar.gz"), report.get("journal.tar.gz") ?? "");
    const names = execFileSync("tar", ["-tzf", join(work, "journal.tar.gz")], { encoding: "utf8" });
    expect(names).toContain("journal/0/system.journal");
  });

  function text(name: string): string {
    return report.get(name)?.toString() ?? `no section ${name}`;
  }

  function boot(disk: string): void {
    const version = readdirSync(join(tree ?? "", "usr/lib/modules")).find((name) => name.includes("cloud")) ?? "";
    const root = join(work, "initrd");
    mkdirSync(join(root, "bin"), { recursive: true });
    const driver = join(tree ?? "", "usr/lib/modules", version, "kernel/drivers/block/virtio_blk.ko.xz");
    writeFileSync(join(root, "virtio_blk.ko.xz"), readFileSync(driver));
    writeFileSync(join(root, "bin/busybox"), readFileSync("/usr/bin/busybox"), { mode: 0o755 });
    writeFileSync(join(root, "init"), init, { mode: 0o755 });
    const list = "bin\nbin/busybox\ninit\nvirtio_blk.ko.xz\n";
    execFileSync("busybox", ["cpio", "-o", "-H", "newc", "-F", join(work, "initrd.cpio")], {
      cwd: root,
      input: list,
      stdio: ["pipe", "ignore", "ignore"],
    });
    const words = [
      "-nodefaults -no-user-config -display none -no-reboot -m 256 -accel tcg,thread=single -smp 1",
      `-kernel ${tree ?? ""}/boot/vmlinuz-${version} -initrd ${work}/initrd.cpio -serial file:${work}/console`,
      `-drive file=${disk},format=raw,if=virtio,snapshot=on -device virtio-serial-pci`,
      `-chardev file,id=report,path=${work}/report -device virtserialport,chardev=report,name=org.unitrd.report`,
    ];
    const args = words.flatMap((line) => line.split(" "));
    execFileSync("qemu-system-x86_64", [...args, "-append", "console=ttyS0 panic=-1 unitrd.test=1"], {
      timeout: 90_000,
    });
  }
});

function sections(raw: Buffer): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  let at = raw.indexOf("\n") + 1;
  for (;;) {
    const end = raw.indexOf("\n", at);
    const [word, name, bytes] = raw.subarray(at, end).toString().split(" ");
    if (word !== "section" || name === undefined) return found;
    found.set(name, raw.subarray(end + 1, end + 1 + Number(bytes)));
    at = end + 2 + Number(bytes);
  }
}
