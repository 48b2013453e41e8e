import { describe, expect, it } from "vitest";
import { faultyDiskArguments } from "./faulty-disk.ts";
import { qemuArguments } from "./machine.ts";
import type { Disk, DiskFault } from "./disk.ts";
import type { Machine } from "./machine.ts";

const disk: Disk = { file: "/d,1.qcow2", format: "qcow2", bus: "virtio-blk", writes: "keep", serial: "data" };
const sound: DiskFault = { isAbsent: false, isMovable: false, isReadOnly: false, badSectors: [] };

function layers(fault: DiskFault): readonly unknown[] {
  return faultyDiskArguments(disk, fault, 2, "q35").flatMap((word): readonly unknown[] =>
    word.startsWith("{") ? [JSON.parse(word)] : [],
  );
}

describe("faultyDiskArguments", () => {
  it("puts bad sectors above the format and the brake above both, and gives the guest the last", () => {
    const fault: DiskFault = { ...sound, isReadOnly: true, badSectors: [[8, 9]], requestsPerSecond: 5 };
    expect(layers(fault)).toEqual([
      { driver: "file", "node-name": "disk2-file", filename: "/d,1.qcow2", "read-only": true },
      { driver: "qcow2", "node-name": "disk2-format", file: "disk2-file", "read-only": true },
      {
        driver: "blkdebug",
        "node-name": "disk2-bad",
        image: "disk2-format",
        "read-only": true,
        "inject-error": [8, 9].map((sector) => ({ event: "none", iotype: "read", errno: 5, sector })),
      },
      { "qom-type": "throttle-group", id: "disk2-limits", limits: { "iops-total": 5 } },
      {
        driver: "throttle",
        "node-name": "disk2-brake",
        "throttle-group": "disk2-limits",
        file: "disk2-bad",
        "read-only": true,
      },
      { driver: "virtio-blk-pci", id: "device2", drive: "disk2-brake", serial: "data" },
    ]);
  });

  it("gives a disk that moves a slot of its own, and no device to one that is not there yet", () => {
    const late = faultyDiskArguments(disk, { ...sound, isAbsent: true, isMovable: true }, 2, "q35").join(" ");
    expect(late).toContain("pcie-root-port,id=slot2");
    expect(late).not.toContain("virtio-blk");
    const leaving = faultyDiskArguments(disk, { ...sound, isMovable: true }, 2, "q35").join(" ");
    expect(leaving).toContain('"bus":"slot2"');
  });

  it("is for overlays only: a disk of the cache is never written", () => {
    const machine: Machine = {
      kind: "q35",
      accelerator: "tcg",
      memory: 512,
      cpus: 1,
      commandLine: [],
      serials: [],
      disks: [{ ...disk, writes: "discard", fault: sound }],
      ports: [],
      credentials: [],
      extra: [],
    };
    expect(() => qemuArguments(machine)).toThrow("only an overlay");
  });
});
