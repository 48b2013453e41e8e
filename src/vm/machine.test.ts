import { describe, expect, it } from "vitest";
import { qemuArguments } from "./machine.ts";
import type { Disk } from "./disk.ts";
import type { Machine } from "./machine.ts";

const plain: Machine = {
  kind: "q35",
  accelerator: "tcg",
  memory: 512,
  cpus: 2,
  kernel: "/k",
  initrd: "/i",
  commandLine: ["console=ttyS0", "panic=-1"],
  serials: [{ is: "stdio" }],
  disks: [],
  ports: [],
  credentials: [],
  extra: [],
};

const disk: Disk = { file: "/d.img", format: "raw", bus: "virtio-blk", writes: "discard" };

/** What follows each occurrence of an option. */
function values(machine: Machine, option: string): readonly string[] {
  const args = qemuArguments(machine);
  return args.flatMap((word, index) => (word === option ? [args[index + 1] ?? ""] : []));
}

describe("qemuArguments", () => {
  it("ends the machine at a reboot and gives it no device that is not declared", () => {
    expect(qemuArguments(plain)).toEqual(expect.arrayContaining(["-nodefaults", "-no-reboot", "-no-user-config"]));
    expect(values(plain, "-append")).toEqual(["console=ttyS0 panic=-1"]);
    expect(values(plain, "-device")).toEqual(["virtio-rng-pci,rng=rng"]);
  });

  it("emulates in one thread, which is the one that does not break the guest's code", () => {
    expect(values(plain, "-accel")).toEqual(["tcg,thread=single"]);
    expect(values({ ...plain, accelerator: "kvm" }, "-cpu")).toEqual(["host"]);
  });

  it("never writes to a disk whose writes are to be discarded", () => {
    expect(values({ ...plain, disks: [disk] }, "-drive")[0]).toContain("snapshot=on");
    expect(values({ ...plain, disks: [{ ...disk, writes: "refuse" }] }, "-drive")[0]).toContain("read-only=on");
    expect(values({ ...plain, disks: [{ ...disk, writes: "keep" }] }, "-drive")[0]).not.toMatch(/snapshot|unsafe/);
  });

  it("doubles commas in file names and serial numbers, where QEMU would see another option", () => {
    const machine = { ...plain, disks: [{ ...disk, file: "/a,b,readonly=on", serial: "x,y" }] };
    expect(values(machine, "-drive")[0]).toContain("file=/a,,b,,readonly=on,");
    expect(values(machine, "-device")).toContain("virtio-blk-pci,drive=disk0,serial=x,,y");
  });

  it("gives each bus its controller once and each disk a place of its own", () => {
    const disks = (["ahci", "virtio-scsi", "ahci", "nvme"] as const).map((bus) => ({ ...disk, bus }));
    expect(values({ ...plain, disks }, "-device")).toEqual([
      "virtio-scsi-pci,id=scsi",
      "ahci,id=ahci",
      "ide-hd,bus=ahci.0,drive=disk0",
      "scsi-hd,bus=scsi.0,drive=disk1",
      "ide-hd,bus=ahci.1,drive=disk2",
      "nvme,drive=disk3,serial=disk3",
      "virtio-rng-pci,rng=rng",
    ]);
  });

  it("uses devices without PCI on a microvm", () => {
    const machine: Machine = {
      ...plain,
      kind: "microvm",
      disks: [disk],
      ports: [{ name: "p", channel: { is: "null" } }],
    };
    expect(values(machine, "-device").join(" ")).not.toContain("pci");
  });

  it("passes credentials as files, because arguments can be read by anyone", () => {
    const credentials = [
      { name: "a", by: "smbios", file: "/x" },
      { name: "b", by: "fw-cfg", file: "/y" },
    ] as const;
    expect(values({ ...plain, credentials }, "-smbios")).toEqual(["type=11,path=/x"]);
    expect(values({ ...plain, credentials }, "-fw_cfg")).toEqual(["name=opt/io.systemd.credentials/b,file=/y"]);
  });

  it("makes guest time independent of the host when asked", () => {
    expect(values({ ...plain, icountShift: 2 }, "-icount")).toEqual(["shift=2,sleep=on"]);
    expect(values(plain, "-icount")).toEqual([]);
  });

  it.each([
    ["a relative file, whose name QEMU takes for a protocol", { ...plain, disks: [{ ...disk, file: "nbd:x" }] }],
    ["a serial number that the guest would see cut", { ...plain, disks: [{ ...disk, serial: "x".repeat(21) }] }],
    ["nvme without PCI", { ...plain, kind: "microvm", disks: [{ ...disk, bus: "nvme" }] } as const],
    ["a fifth console", { ...plain, serials: Array.from({ length: 5 }, () => ({ is: "null" }) as const) }],
  ])("refuses %s", (_, machine) => {
    expect(() => qemuArguments(machine)).toThrow();
  });
});
