import { describe, expect, it } from "vitest";
import { compileText, entryAt, textAt } from "../../testing/synthetic-sysroot.ts";

async function compiled(toml: string) {
  const { compiled: result, found } = await compileText(toml);
  return {
    plan: result?.plan.steps.map(({ id }) => id),
    unit: (name: string, place = "/usr/lib") => textAt(result, `${place}/systemd/system/${name}`),
    local: (name: string) => textAt(result, `/etc/systemd/system/${name}`),
    has: (path: string) => entryAt(result, path) !== undefined,
    script: result?.stage.script ?? "",
    findings: found.map(({ code, at, message }) => `${code} ${at[0]?.line ?? "-"}: ${message}`),
  };
}

const base = `[filesystems."/run/live"]
device = "UUID=a"
type = "ext4"
[filesystems."/run/base"]
image = "/run/live/root.squashfs"
type = "squashfs"
`;
const over = `${base}[filesystems."/"]\ntype = "overlay"\nlower = ["/run/base"]\n`;
const scripted = '[stage-one]\nkind = "scripted"\n';

describe("a mount below /run", () => {
  it("stands in the initrd's own /run, before the root and without needing it", async () => {
    const { plan, local, findings } = await compiled(over);
    expect(findings).toEqual([]);
    expect(plan).toEqual(["mount:/run/live", "mount:/run/base", "mount:/"]);
    expect(local("run-live.mount")).toContain("Where=/run/live\n");
    expect(local("run-live.mount")).toContain("DefaultDependencies=no\n");
    expect(local("run-live.mount")).not.toContain("sysroot");
  });

  it("may hold an image, which is mounted by a loop device", async () => {
    const { local } = await compiled(over);
    expect(local("run-base.mount")).toContain(
      "What=/run/live/root.squashfs\nWhere=/run/base\nType=squashfs\nOptions=ro,loop\n",
    );
    expect(local("run-base.mount")).toMatch(/Requires=.*run-live\.mount/);
  });
});

describe("an overlay", () => {
  it("is written to in memory when nothing else is declared", async () => {
    const { unit, local } = await compiled(over);
    expect(unit("sysroot.mount")).toContain(
      "Options=lowerdir=/run/base,upperdir=/run/unitrd/overlay/root/upper,workdir=/run/unitrd/overlay/root/work\n",
    );
    expect(local("run-unitrd-overlay-root.mount")).toContain("Type=tmpfs\n");
    expect(local("unitrd-overlay-sysroot.service")).toContain(" -p -m 0755 /run/unitrd/overlay/root/upper");
  });

  it("makes no directory on a disk without consent, and says so", async () => {
    const disk = `${over}upper = "/run/rw/upper"\n[filesystems."/run/rw"]\ndevice = "UUID=b"\ntype = "ext4"\n`;
    const { local, findings } = await compiled(disk);
    expect(findings).toEqual([]);
    expect(local("unitrd-overlay-sysroot.service")).not.toContain("mkdir");
    expect(local("unitrd-overlay-sysroot.service")).toContain("OnFailure=unitrd-overlay-absent-sysroot.service\n");
    const agreed = await compiled(disk.replace("upper =", "make-directories = true\nupper ="));
    expect(agreed.local("unitrd-overlay-sysroot.service")).toContain(
      "mkdir -p -m 0755 /run/rw/upper /run/rw/upper.work\n",
    );
  });

  it("that is only read has no upper directory", async () => {
    const { unit, local } = await compiled(
      over.replace('lower = ["/run/base"]', 'lower = ["/run/base/b", "/run/base/a"]\noptions = ["ro"]'),
    );
    expect(unit("sysroot.mount")).toContain("Options=lowerdir=/run/base/b:/run/base/a,ro\n");
    expect(local("unitrd-overlay-sysroot.service")).toBeUndefined();
  });

  it("may lie on the directory that it covers", async () => {
    const root = '[filesystems."/"]\ndevice = "UUID=a"\ntype = "ext4"\n';
    const { plan, findings } = await compiled(`${root}[filesystems."/etc"]\ntype = "overlay"\nlower = ["/etc"]\n`);
    expect(findings).toEqual([]);
    expect(plan).toEqual(["mount:/", "mount:/etc"]);
  });

  it.each([
    ['type = "overlay"', "an overlay needs `lower`"],
    ['type = "overlay"\nlower = ["/base"]', "what the root is made of cannot lie in the root"],
    [
      'type = "overlay"\nlower = ["/run/base"]\nupper = "/run/base/up"',
      "what is mounted at /run/base cannot be written",
    ],
    [
      'type = "overlay"\nlower = ["/run/base"]\nupper = "/run/live/up"\nwork = "/run/w"',
      "`upper` and `work` lie on one file system",
    ],
    ['type = "overlay"\nlower = ["/run/base"]\noptions = ["ro"]', "an overlay of one directory"],
    ['type = "overlay"\nlower = ["/run/base"]\nwork = "/run/w"', "`work` belongs to an `upper`"],
    ['type = "tmpfs"', "an empty tmpfs has no system"],
    ['type = "ext4"\ndevice = "UUID=c"\nimage = "/run/live/x"', "exclude each other"],
    ['type = "ext4"\ndevice = "UUID=c"\ncopy-to-ram = true', "would lose what is written"],
    ['type = "ext4"\ndevice = "UUID=c"\nlower = ["/run/base"]', "only overlay has `lower`"],
    ['type = "tmpfs"\nvolatile = "yes"', "a tmpfs is volatile as it is"],
  ])("or a root of %j is refused where it cannot be", async (root, message) => {
    const { findings } = await compiled(`${base}[filesystems."/"]\n${root}\n`);
    expect(findings.filter((line) => line.startsWith("U141")).join("\n")).toContain(message);
  });
});

describe("a copy in memory", () => {
  it("is what is mounted, and its source is gone at the hand-over", async () => {
    const { plan, local, has, findings } = await compiled(
      over.replace('type = "squashfs"', 'type = "squashfs"\ncopy-to-ram = true'),
    );
    expect(findings.filter((line) => !line.startsWith("U183"))).toEqual([]);
    expect(plan).toEqual(["mount:/run/live", "copy:/run/base", "mount:/run/base", "mount:/"]);
    expect(local("run-base.mount")).toContain("What=/run/unitrd/memory/run%%2Fbase/image\n");
    expect(local("unitrd-copy-run-base.service")).toContain(
      "ExecStart=/usr/lib/unitrd/copy-to-memory squashfs /run/live/root.squashfs ",
    );
    expect(local("unitrd-detach-run-base.service")).toContain("umount /run/live\n");
    expect(has("/usr/lib/unitrd/copy-to-memory")).toBe(true);
  });

  it("leaves alone what something else lies on", async () => {
    const more = '[filesystems."/srv"]\ntype = "bind"\nsource = "/run/live/srv"\n';
    const { local } = await compiled(over.replace('type = "squashfs"', 'type = "squashfs"\ncopy-to-ram = true') + more);
    expect(local("unitrd-detach-run-base.service")).toBeUndefined();
  });
});

describe("a volatile root", () => {
  const root = '[filesystems."/"]\ndevice = "UUID=a"\ntype = "ext4"\n';
  const home = '[filesystems."/home"]\ndevice = "UUID=b"\ntype = "ext4"\n';
  const usr = '[filesystems."/usr"]\ndevice = "UUID=c"\ntype = "ext4"\n';

  it("is made by systemd's own program before what else is mounted", async () => {
    const { plan, unit, local } = await compiled(`${root}volatile = "overlay"\n${home}`);
    expect(plan).toEqual(["mount:/", "volatile:/", "mount:/home"]);
    expect(unit("systemd-volatile-root.service")).toContain(
      "ExecStart=/usr/lib/systemd/systemd-volatile-root overlay /sysroot\n",
    );
    expect(local("sysroot-home.mount")).toMatch(/Requires=.*systemd-volatile-root\.service/);
  });

  it("of /usr alone comes after /usr", async () => {
    const { plan, script } = await compiled(`${scripted}${root}volatile = "yes"\n${home}${usr}`);
    expect(plan).toEqual(["mount:/", "mount:/usr", "volatile:/", "mount:/home"]);
    expect(script).toContain("step volatile:/ stop volatile_root yes ");
  });

  it("but for /var is a tmpfs there", async () => {
    const { plan, local } = await compiled(`${root}volatile = "state"\n`);
    expect(plan).toEqual(["mount:/", "mount:/var"]);
    expect(local("sysroot-var.mount")).toContain("Type=tmpfs\nOptions=mode=0755\n");
  });
});

describe("a btrfs", () => {
  const root = '[filesystems."/"]\ndevice = "UUID=a"\ntype = "btrfs"\n';

  it("is mounted without devices that are missing only by consent", async () => {
    expect((await compiled(root)).has("/etc/udev/rules.d/64-btrfs.rules")).toBe(false);
    const { has, local, unit } = await compiled(`${root}degraded = true\ndevice-timeout = "7s"\n`);
    expect(has("/etc/udev/rules.d/64-btrfs.rules")).toBe(true);
    expect(unit("sysroot.mount")).toContain("Options=degraded\n");
    expect(local("unitrd-degraded-sysroot.timer")).toContain("OnActiveSec=7s\n");
  });

  it("says in the script how many of its devices are wanted", async () => {
    const { script } = await compiled(`${scripted}${root}degraded = true\n`);
    expect(script).toContain("step mount:/ stop mount_btrfs / UUID=a degraded 30 ");
  });

  it("takes neither an endless wait with `degraded` nor a list of devices", async () => {
    expect((await compiled(`${root}degraded = true\ndevice-timeout = "infinity"\n`)).findings[0]).toContain("U141 5:");
    expect((await compiled(`${root}devices = ["UUID=b"]\n`)).findings[0]).toContain(
      "a btrfs is found by any of its devices",
    );
    expect((await compiled(`${root}options = ["degraded"]\n`)).findings[0]).toContain("`degraded` is not written here");
  });
});
