import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { MadeDisk } from "../disks/make.ts";
import { flatten, makeOverlay } from "../disks/overlay.ts";
import { stateBytes, stateOf } from "../disks/state.ts";
import type { BootWanted } from "../scenario/boot.ts";
import type { DiskInterface } from "../scenario/disks/layout.ts";
import { placePartitions } from "../scenario/disks/placement.ts";
import { bytesOf } from "../scenario/disks/size.ts";
import { type FaultWanted, sectorsOf } from "../scenario/fault.ts";
import type { ObservedDisk } from "../scenario/observed.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { DiskMoves } from "../vm/boot.ts";
import type { Disk, DiskFault } from "../vm/disk.ts";
import { momentOf } from "./network.ts";

/** The disks of one scenario, as they are from boot to boot. */
export interface TrialDisks {
  /** Those of one boot, and when they come and go. */
  attached(boot: BootWanted): { readonly disks: readonly Disk[]; readonly moves: readonly DiskMoves[] };
  /** What `expect.disks` asks for, once the machine is off. */
  states(boot: BootWanted): Promise<ReadonlyMap<string, ObservedDisk>>;
}

/**
 * Where nothing is to be kept, what the guest writes goes to a nameless file. Otherwise each disk gets an overlay in
 * the directory. Throws `CannotMake`.
 */
export async function trialDisks(
  made: readonly MadeDisk[],
  scenario: Scenario,
  boots: readonly BootWanted[],
  directory: string,
): Promise<TrialDisks> {
  const isKept = boots.length > 1 || boots.some(({ fault, expect }) => isUsed(fault) || isUsed(expect.disks ?? {}));
  if (isKept) await mkdir(directory, { recursive: true, mode: 0o700 });
  const overlay = (name: string): string => join(directory, `${name}.qcow2`);
  if (isKept) for (const { name, path } of made) await makeOverlay(path, overlay(name));
  return {
    attached({ missing, fault: faults }) {
      const there = made.filter(({ name }) => !missing.includes(name));
      const disks = there.map(({ name, path }): Disk => {
        const interfaceOf = scenario.disk.find((disk) => disk.name === name)?.interface ?? "virtio";
        const common = { bus: buses[interfaceOf], serial: name.slice(0, 20) };
        if (!isKept) return { ...common, file: path, format: "raw", writes: "discard" };
        const fault = faults[name];
        const faulty = fault === undefined ? {} : { fault: faultOf(fault) };
        return { ...common, file: overlay(name), format: "qcow2", writes: "keep", ...faulty };
      });
      return { disks, moves: there.flatMap(({ name }, disk) => movesOf(disk, faults[name])) };
    },
    async states({ expect }) {
      const states = new Map<string, ObservedDisk>();
      for (const place of Object.keys(expect.disks ?? {})) {
        states.set(place, await readState(place, scenario, overlay, join(directory, "flat")));
      }
      return states;
    },
  };
}

const buses = {
  virtio: "virtio-blk",
  scsi: "virtio-scsi",
  nvme: "nvme",
  ahci: "ahci",
  usb: "usb-storage",
} as const satisfies Record<DiskInterface, Disk["bus"]>;

function isUsed(table: object): boolean {
  return Object.keys(table).length > 0;
}

function faultOf(fault: FaultWanted): DiskFault {
  const { "requests-per-second": requests, "bytes-per-second": bytes } = fault;
  return {
    isAbsent: fault.arrives !== undefined,
    isMovable: (fault.arrives ?? fault.leaves) !== undefined,
    isReadOnly: fault["read-only"],
    badSectors: fault["bad-sectors"].map(sectorsOf),
    ...(requests === undefined ? {} : { requestsPerSecond: requests }),
    ...(bytes === undefined ? {} : { bytesPerSecond: bytesOf(bytes) }),
  };
}

function movesOf(disk: number, fault: FaultWanted | undefined): readonly DiskMoves[] {
  if ((fault?.arrives ?? fault?.leaves) === undefined) return [];
  return [
    {
      disk,
      ...(fault?.arrives === undefined ? {} : { arrives: momentOf(fault.arrives) }),
      ...(fault?.leaves === undefined ? {} : { leaves: momentOf(fault.leaves) }),
      ...(fault?.returns === undefined ? {} : { returns: momentOf(fault.returns) }),
    },
  ];
}

async function readState(
  place: string,
  { disk: declared }: Scenario,
  overlay: (name: string) => string,
  scratch: string,
): Promise<ObservedDisk> {
  const [name = "", part] = place.split(":");
  const disk = declared.find((one) => one.name === name);
  const start = part === undefined || disk === undefined ? 0 : placePartitions(disk)[Number(part) - 1]?.start;
  await flatten(overlay(name), scratch);
  const handle = await open(scratch, "r");
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(stateBytes), 0, stateBytes, start ?? 0);
    return stateOf(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
    await rm(scratch);
  }
}
