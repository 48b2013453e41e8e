import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Plan } from "../plan/plan.ts";
import type { StepId } from "../plan/step.ts";
import type { Backends } from "../stage-one/backends.ts";
import { tinyElf } from "../sysroot/tiny-elf.ts";
import { compileText, syntheticSysroot, textAt } from "../testing/synthetic-sysroot.ts";

const sysroot = syntheticSysroot(
  Object.fromEntries(
    [
      "/usr/lib/systemd/systemd-growfs",
      "/usr/lib/systemd/systemd-hibernate-resume",
      "/usr/lib/systemd/system-generators/systemd-hibernate-resume-generator",
      ...["blkid", "head", "tr", "wc", "mkfs.ext4", "thin_check"].map((name) => `/usr/bin/${name}`),
    ].map((path) => [path, tinyElf()]),
  ),
);

/**
 * Kinds of steps that write to no disk: all others come after the decision, also those that do not exist yet. Volumes
 * are thick, and arrays are told to wait with resynchronizing.
 */
const readers: ReadonlySet<string> = new Set([
  ...["console", "hibernation", "luks", "lvm", "module", "network", "raid", "sysctl", "verity"],
]);

const mount = fc.record({
  path: fc.constantFrom("/a", "/b", "/a/c", "/usr"),
  device: fc.constantFrom("PARTUUID=1", "PARTLABEL=x", "/dev/vda3", "/dev/mapper/one"),
  grow: fc.boolean(),
  make: fc.boolean(),
  nofail: fc.boolean(),
  fsck: fc.boolean(),
});

const declarations = fc
  .record({
    resume: fc.constantFrom("UUID=5d1f", "/dev/vda2", "/dev/mapper/one"),
    luks: fc.boolean(),
    below: fc.subarray([
      '[raid.md0]\nuuid = "3aaa0122:29827cfa:5331ad66:ca767371"\nlevel = "1"',
      '[lvm.vg0]\nvolumes = ["root", "swap"]\nthin = ["data"]',
      '[integrity.sums]\ndevice = "PARTLABEL=sums"',
      '[luks.sealed]\ndevice = "PARTLABEL=sealed"\nintegrity = "hmac-sha256"',
      `[verity.image]\ndata-device = "PARTLABEL=image"\nhash-device = "PARTLABEL=hashes"\nroot-hash = "${"ab".repeat(32)}"`,
    ]),
    mounts: fc.uniqueArray(mount, { selector: ({ path }) => path, maxLength: 4 }),
    kind: fc.constantFrom("systemd", "scripted"),
  })
  .map(({ resume, luks, below, mounts, kind }) => {
    const opened = luks || resume.includes("mapper") || mounts.some(({ device }) => device.includes("mapper"));
    return [
      `[stage-one]\nkind = "${kind}"`,
      `[hibernation]\nresume = "${resume}"`,
      ...below,
      ...(opened ? ['[luks.one]\ndevice = "UUID=7c9a"'] : []),
      '[filesystems."/"]\ndevice = "UUID=0f3c"\ntype = "ext4"\ngrow = true',
      ...mounts.map(({ path, device, grow, make, nofail, fsck }) =>
        [
          `[filesystems."${path}"]\ntype = "ext4"\ndevice = "${device}"`,
          `grow = ${grow}\nmake-filesystem = ${make}\nnofail = ${nofail}`,
          // One device is checked once.
          `fsck = ${fsck && mounts.filter((other) => other.device === device).length === 1}`,
        ].join("\n"),
      ),
    ].join("\n");
  });

function after(plan: Plan<Backends>, id: StepId): ReadonlySet<StepId> {
  const found = new Set<StepId>([id]);
  for (const step of plan.steps) {
    if (plan.edges.some((edge) => edge.later === step.id && found.has(edge.earlier))) found.add(step.id);
  }
  return found;
}

describe("before it is decided whether the machine resumes", () => {
  it("no step writes to a disk, whatever is declared", async () => {
    await fc.assert(
      fc.asyncProperty(declarations, async (toml) => {
        const { compiled, found } = await compileText(toml, { sysroot });
        expect(found.filter(({ severity }) => severity === "error")).toEqual([]);
        const plan = compiled?.plan;
        if (plan === undefined) return expect.unreachable();
        const later = after(plan, "hibernation:resume");
        const early = plan.steps.filter(({ id }) => !later.has(id)).map(({ id }) => id.slice(0, id.indexOf(":")));
        expect(early.filter((kind) => !readers.has(kind))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it("systemd begins no mount, no check and no making of a file system", async () => {
    const toml =
      '[hibernation]\nresume = "UUID=5d1f"\n[filesystems."/"]\ndevice = "UUID=0f3c"\ntype = "ext4"\n' +
      '[filesystems."/var"]\ndevice = "PARTLABEL=var"\ntype = "ext4"\nmake-filesystem = true\ngrow = true\n';
    const { compiled } = await compileText(toml, { sysroot });
    for (const path of [
      "/usr/lib/systemd/system/sysroot.mount",
      "/usr/lib/systemd/system/systemd-fsck-root.service",
      "/etc/systemd/system/sysroot-var.mount",
      "/etc/systemd/system/unitrd-make-var.service",
    ]) {
      expect(textAt(compiled, path), path).toMatch(/^After=.*\bunitrd-resume\.service\b/m);
    }
  });
});
