import { describe, expect, it } from "vitest";
import { driversOf } from "./driver-classes.ts";
import { parseDependencies } from "./module-dependencies.ts";

const modules = [
  "kernel/drivers/scsi/hpsa.ko.xz: kernel/drivers/scsi/scsi_mod.ko.xz",
  "kernel/drivers/scsi/scsi_mod.ko.xz:",
  "kernel/drivers/scsi/scsi_debug.ko.xz: kernel/drivers/scsi/scsi_mod.ko.xz",
  "kernel/drivers/scsi/bnx2i/bnx2i.ko.xz: kernel/drivers/net/ethernet/broadcom/cnic.ko.xz",
  "kernel/drivers/net/ethernet/broadcom/cnic.ko.xz:",
  "kernel/drivers/ata/libata.ko.xz:",
  "kernel/drivers/staging/odd_ata.ko.xz: kernel/drivers/ata/libata.ko.xz",
  "kernel/fs/ext4/ext4.ko.xz:",
  "kernel/fs/ext4/ext4-inode-test.ko.xz: kernel/fs/ext4/ext4.ko.xz",
  "kernel/fs/nfs/nfs.ko.xz: kernel/net/sunrpc/sunrpc.ko.xz",
  "kernel/net/sunrpc/sunrpc.ko.xz:",
  "kernel/fs/9p/9p.ko.xz: kernel/net/9p/9pnet.ko.xz",
  "kernel/net/9p/9pnet.ko.xz:",
  "kernel/crypto/tcrypt.ko.xz:",
  "kernel/crypto/xts.ko.xz:",
  "kernel/sound/core/snd.ko.xz:",
  "updates/drivers/hid/hid-odd.ko:",
];
const kernel = { dependencies: () => parseDependencies(`${modules.join("\n")}\n`) };

describe("a class of drivers", () => {
  it("holds what lies in its directories, without what tries the kernel or works over the network", () => {
    expect(driversOf(kernel, "storage")).toEqual(["hpsa", "scsi_mod", "libata", "odd_ata"]);
    expect(driversOf(kernel, "filesystems")).toEqual(["ext4", "9p"]);
    expect(driversOf(kernel, "crypto")).toEqual(["xts"]);
    expect(driversOf(kernel, "network")).toEqual(["cnic"]);
  });

  it("holds no module from outside of the kernel's source that only has a like path", () => {
    expect(driversOf(kernel, "input")).toEqual([]);
  });
});
