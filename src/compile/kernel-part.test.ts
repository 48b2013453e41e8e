import { expect, it } from "vitest";
import { moduleElf } from "../testing/module-elf.ts";
import { compileText, entryAt, plainRoot, syntheticKernel, syntheticSysroot } from "../testing/synthetic-sysroot.ts";

const modules = `/usr/lib/modules/${syntheticKernel}`;

it("takes the firmware that modules name into the layer of the kernel, and says what the sysroot lacks", async () => {
  const sysroot = syntheticSysroot({
    [`${modules}/kernel/nouveau.ko`]: moduleElf(["firmware=nvidia/a.bin", "firmware=nvidia/gone.bin"]),
    "/usr/lib/firmware/nvidia/a.bin": "firmware",
    "/usr/lib/firmware/nvidia/b.bin": "nobody asks for it",
  });
  const { compiled, found } = await compileText(`${plainRoot}\n[modules]\navailable = ["nouveau"]\n`, { sysroot });
  expect(found).toMatchObject([{ code: "U865", severity: "warning", at: [{ path: "modules.available[0]" }] }]);
  expect(entryAt(compiled, "/usr/lib/firmware/nvidia/a.bin")).toMatchObject({ layer: "kernel", mode: 0o644 });
  expect(entryAt(compiled, "/usr/lib/firmware/nvidia/b.bin")).toBeUndefined();
  expect(compiled?.firmware.missing).toEqual(["nvidia/gone.bin"]);
});

it("takes a module that rules load by name when what it needs is there", async () => {
  const sysroot = syntheticSysroot({
    [`${modules}/modules.dep`]: [
      "kernel/virtio_blk.ko:",
      "kernel/ext4.ko:",
      "kernel/nvme.ko: kernel/virtio_blk.ko",
      "kernel/kvm_amd.ko: kernel/nouveau.ko",
      "kernel/nouveau.ko:\n",
    ].join("\n"),
    "/usr/lib/udev/rules.d/80-drivers.rules": 'RUN{builtin}+="kmod load nvme kvm_amd"\n',
  });
  const { compiled, found } = await compileText(plainRoot, { sysroot });
  expect(found.filter(({ severity }) => severity !== "hint")).toEqual([]);
  const names = compiled?.modules.modules.map(({ name }) => name);
  expect(names).toContain("nvme");
  expect(names).not.toContain("kvm_amd");
});

it("takes the programs, units and groups of rules, and boots without a group that nobody knows", async () => {
  const sysroot = syntheticSysroot({
    "/usr/lib/udev/scsi_id": { content: "#!/usr/bin/sh\n", mode: 0o755 },
    "/usr/lib/udev/rules.d/60-persistent-storage.rules":
      'IMPORT{program}="scsi_id", GROUP="plugdev"\nENV{SYSTEMD_WANTS}+="check@$kernel.service gone.service"\n',
    "/usr/lib/systemd/system/check@.service": "[Service]\nExecStart=/usr/bin/sleep 1\n",
  });
  const { compiled, found } = await compileText(plainRoot, { sysroot });
  expect(found).toMatchObject([{ code: "U190", severity: "warning" }]);
  expect(entryAt(compiled, "/usr/lib/udev/scsi_id")).toMatchObject({ layer: "userland" });
  expect(entryAt(compiled, "/usr/lib/systemd/system/check@.service")).toBeDefined();
  expect(entryAt(compiled, "/usr/bin/sleep")).toBeDefined();
});
