import { describe, expect, it } from "vitest";
import { findings } from "../diagnostics/diagnostic.ts";
import type { Origin } from "../diagnostics/diagnostic.ts";
import { kernels, openKernel } from "./kernel.ts";
import { versionOrder } from "./kernel-version.ts";
import { memoryTree } from "./memory-tree.ts";

const origin: Origin = { file: "machine.toml", path: "image.kernel", line: 2, column: 1, isDefault: false };

describe("kernels", () => {
  it("lists the kernels that have modules, the newest last", () => {
    const tree = memoryTree({
      "/lib": { symlink: "usr/lib" },
      "/usr/lib/modules/6.10.0-1-amd64/modules.dep": "",
      "/usr/lib/modules/6.9.12-1-amd64/modules.dep": "",
      "/usr/lib/modules/6.10.0-rc3-amd64/modules.order": "",
    });
    expect(kernels(tree)).toEqual(["6.9.12-1-amd64", "6.10.0-rc3-amd64", "6.10.0-1-amd64"]);
  });

  it("leaves out what a removed kernel left behind", () => {
    const tree = memoryTree({ "/usr/lib/modules/6.1.0-1/build": { symlink: "/usr/src/linux" } });
    expect(kernels(tree)).toEqual([]);
  });

  it("finds kernels below both /lib and /usr/lib where these are two directories", () => {
    const tree = memoryTree({ "/lib/modules/6.1/modules.dep": "", "/usr/lib/modules/6.2/modules.dep": "" });
    expect(kernels(tree)).toEqual(["6.1", "6.2"]);
  });

  it("does not follow a link that leaves the tree", () => {
    const tree = memoryTree({ "/usr/lib/modules": { symlink: "../../../lib/modules" } });
    expect(kernels(tree)).toEqual([]);
  });
});

describe("versionOrder", () => {
  it.each([
    ["6.1.0-9-amd64", "6.1.0-10-amd64"],
    ["6.1", "6.1.1"],
    ["6.9.0-rc7", "6.9.0"],
    ["5.19.0", "6.0.0"],
    ["6.1.0-1-amd64", "6.1.0-1-cloud-amd64"],
  ])("puts %s before %s", (older, newer) => {
    expect(versionOrder(older, newer)).toBeLessThan(0);
    expect(versionOrder(newer, older)).toBeGreaterThan(0);
  });
});

describe("openKernel", () => {
  const tree = memoryTree({
    "/boot/vmlinuz-6.1.0-1": "MZ",
    "/boot/config-6.1.0-1": 'CONFIG_EXT4_FS=m\n# CONFIG_XFS_FS is not set\nCONFIG_LOCALVERSION="-1"\n',
    "/lib": { symlink: "usr/lib" },
    "/usr/lib/modules/6.1.0-1/modules.dep": "kernel/fs/ext4/ext4.ko: kernel/lib/crc16.ko\nkernel/lib/crc16.ko:\n",
    "/usr/lib/modules/6.2.0-1/modules.dep": "kernel/a.ko\n",
    "/usr/lib/modules/6.2.0-1/vmlinuz": { symlink: "../../../../boot/vmlinuz-6.1.0-1" },
    "/usr/lib/modules/6.3.0-1/modules.order": "kernel/a.ko\n",
    "/usr/lib/modules/6.4.0-1/modules.dep": "../../../../etc/shadow.ko:\n",
  });

  it("finds the bootable image and the configuration beside the modules or in /boot", () => {
    const kernel = openKernel(tree, "6.1.0-1", unexpected);
    expect(kernel?.image()).toBe("/boot/vmlinuz-6.1.0-1");
    expect(kernel?.config()?.get("CONFIG_EXT4_FS")).toBe("m");
    expect(kernel?.config()?.has("CONFIG_XFS_FS")).toBe(false);
    expect(kernel?.config()?.get("CONFIG_LOCALVERSION")).toBe("-1");
  });

  it("says which kernels there are when the wanted one is not, and where it was wanted", () => {
    const { report, all } = findings();
    expect(openKernel(tree, "6.1.0-2", report, origin)).toBeUndefined();
    expect(all).toMatchObject([
      { code: "U351", severity: "error", hint: "it has 6.1.0-1, 6.2.0-1, 6.3.0-1, 6.4.0-1", at: [origin] },
    ]);
  });

  it.each(["../../../etc", "", ".", "6.1.0-1/..", "__proto__"])("takes %j for no kernel", (version) => {
    const { report, all } = findings();
    expect(openKernel(tree, version, report)).toBeUndefined();
    expect(all).toMatchObject([{ code: "U351" }]);
  });

  it("tells to run depmod on a kernel that has no modules.dep", () => {
    const { report, all } = findings();
    expect(openKernel(tree, "6.3.0-1", report)).toBeUndefined();
    expect(all).toMatchObject([{ code: "U352", hint: "run: depmod --basedir memory 6.3.0-1" }]);
  });

  it.each(["6.2.0-1", "6.4.0-1"])("refuses a damaged modules.dep (%s)", (version) => {
    const { report, all } = findings();
    expect(openKernel(tree, version, report)).toBeUndefined();
    expect(all).toMatchObject([{ code: "U353" }]);
  });

  it("says that a tree has no kernel at all", () => {
    const { report, all } = findings();
    expect(openKernel(memoryTree({ "/usr/bin/sh": "#!" }), undefined, report, origin)).toBeUndefined();
    expect(all).toMatchObject([{ code: "U350", at: [origin] }]);
  });
});

function unexpected(diagnostic: { readonly message: string }): never {
  throw new Error(diagnostic.message);
}
