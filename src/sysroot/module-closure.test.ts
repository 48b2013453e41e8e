import { describe, expect, it } from "vitest";
import { findings } from "../diagnostics/diagnostic.ts";
import type { Origin, Report } from "../diagnostics/diagnostic.ts";
import { openKernel } from "./kernel.ts";
import type { Kernel } from "./kernel.ts";
import { moduleClosure } from "./module-closure.ts";
import type { DeniedModule } from "./module-closure.ts";
import { memoryTree } from "./memory-tree.ts";

const files = {
  "modules.dep": [
    "kernel/arch/x86/crypto/crc32c-intel.ko.xz:",
    "kernel/fs/ext4/ext4.ko.xz: kernel/fs/jbd2/jbd2.ko.xz kernel/lib/crc16.ko.xz",
    "kernel/fs/jbd2/jbd2.ko.xz:",
    "kernel/crypto/crc32c_generic.ko.xz:",
    "kernel/lib/crc16.ko.xz:",
    "kernel/drivers/block/virtio_blk.ko.xz: kernel/drivers/virtio/virtio.ko.xz",
    "kernel/drivers/virtio/virtio.ko.xz:",
    "kernel/net/ah.ko.xz:",
    "kernel/net/late.ko.xz:",
    "kernel/net/weak.ko.xz:",
  ].join("\n"),
  "modules.alias": [
    "# Aliases extracted from modules themselves.",
    "alias crypto-crc32c crc32c_intel",
    "alias crypto-crc32c crc32c_generic",
    "alias fs-ext4 ext4",
    "alias virtio:d00000002v* virtio_blk",
    "alias *:wild:* ah",
  ].join("\n"),
  "modules.softdep": "softdep ext4 pre: crypto-crc32c\nsoftdep ah post: late pre: nothing-such\n",
  "modules.weakdep": "weakdep ah weak\n",
  "modules.builtin": "kernel/crypto/sha1-generic.ko\nkernel/crypto/algapi.ko\n",
  "modules.builtin.modinfo":
    "sha1_generic.alias=crypto-sha1\0algapi.softdep=pre: late\0algapi.parm=notests:no tests\0algapi.parmtype=notests:bool\0",
};

const kernel = kernelOf(files);

function kernelOf(contents: Readonly<Record<string, string>>, config = ""): Kernel {
  const tree = memoryTree({
    ...Object.fromEntries(Object.entries(contents).map(([name, text]) => [`/usr/lib/modules/6.1/${name}`, text])),
    "/boot/config-6.1": config,
  });
  const opened = openKernel(tree, "6.1", () => undefined);
  if (opened === undefined) throw new Error("no kernel");
  return opened;
}

const origin: Origin = { file: "m.toml", path: "modules.load", line: 1, column: 1, isDefault: false };

function close(names: readonly string[], report: Report = fail, deny: readonly DeniedModule[] = [], of = kernel) {
  const wants = names.map((name) => ({ name, why: [{ what: "test" }], origin }));
  return moduleClosure(of, wants, report, deny);
}

function fail(diagnostic: { readonly message: string }): void {
  throw new Error(diagnostic.message);
}

const namesOf = (closure: ReturnType<typeof close>): readonly string[] => closure.modules.map(({ name }) => name);

describe("moduleClosure", () => {
  it("takes every module that claims an alias which a softdep names", () => {
    expect(namesOf(close(["ext4"]))).toEqual(["crc32c_intel", "ext4", "jbd2", "crc32c_generic", "crc16"]);
  });

  it("knows a module by alias, by a device's modalias, and with either dash", () => {
    expect(namesOf(close(["fs-ext4"]))).toContain("ext4");
    expect(namesOf(close(["virtio:d00000002v00001AF4"]))).toEqual(["virtio_blk", "virtio"]);
    expect(namesOf(close(["virtio-blk"]))).toEqual(["virtio_blk", "virtio"]);
    expect(namesOf(close(["crc32c-intel"]))).toEqual(["crc32c_intel"]);
  });

  it("tries a pattern that begins with a star on every name", () => {
    expect(namesOf(close(["pci:wild:1"]))).toContain("ah");
  });

  it("follows softdeps after as well as before, and weakdeps, and minds none that is missing", () => {
    expect(namesOf(close(["ah"]))).toEqual(["ah", "late", "weak"]);
  });

  it("is satisfied by what is built in, and takes that one's softdeps", () => {
    const closure = close(["crypto-sha1", "algapi"]);
    expect(namesOf(closure)).toEqual(["late"]);
    expect(closure.builtin.map(({ name }) => name)).toEqual(["sha1_generic", "algapi"]);
  });

  it("says why each module is there", () => {
    const closure = close(["ext4"]);
    const generic = closure.modules.find(({ name }) => name === "crc32c_generic");
    expect(generic?.why).toEqual([
      [{ what: "test" }, { what: "module ext4" }, { what: "module crc32c_generic, softdep crypto-crc32c of ext4" }],
    ]);
  });

  it("names the module that a misspelt name means, and where it was written", () => {
    const { report, all } = findings();
    close(["etx4"], report);
    expect(all).toMatchObject([{ code: "U355", severity: "error", at: [origin] }]);
    expect(all[0]?.hint).toContain("did you mean ext4?");
  });

  it("tells from the configuration that something is built in without being a module", () => {
    const { report, all } = findings();
    close(["overlay"], report, [], kernelOf(files, "CONFIG_OVERLAY_FS=y\n"));
    expect(all[0]?.hint).toBe("CONFIG_OVERLAY_FS is y in this kernel: it is built in and needs no module");
  });

  it("is silent about an optional module that the kernel does not have", () => {
    const closure = moduleClosure(kernel, [{ name: "zfs", optional: true, why: [] }], fail);
    expect(closure).toEqual({ modules: [], builtin: [] });
  });

  it("leaves a denied module out where only an alias asks for it", () => {
    expect(namesOf(close(["ext4"], fail, [{ name: "crc32c-intel" }]))).not.toContain("crc32c_intel");
  });

  it("warns that a denied module is loaded when another is linked against it", () => {
    const { report, all } = findings();
    expect(namesOf(close(["ext4"], report, [{ name: "jbd2", origin }]))).toContain("jbd2");
    expect(all).toMatchObject([{ code: "U357", severity: "warning", at: [origin] }]);
  });

  it("refuses a module that is wanted and denied", () => {
    const { report, all } = findings();
    close(["ext4"], report, [{ name: "ext4", origin }]);
    expect(all).toMatchObject([{ code: "U356", severity: "error" }]);
  });
});
