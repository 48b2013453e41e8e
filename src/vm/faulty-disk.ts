import type { Disk, DiskFault } from "./disk.ts";
import type { Monitor } from "./monitor.ts";

type Kind = "q35" | "pc" | "microvm";

/** Layers of QEMU's block graph: the file, its format, bad sectors, a brake; the device takes the last of them. */
export function faultyDiskArguments(disk: Disk, fault: DiskFault, index: number, machine: Kind): readonly string[] {
  return [
    ...(fault.isMovable && machine === "q35"
      ? ["-device", `pcie-root-port,id=${slot(index)},chassis=${index + 1},slot=${index + 1}`]
      : []),
    ...layers(disk, fault, index),
    ...(fault.isAbsent ? [] : ["-device", JSON.stringify(device(disk, fault, index, machine))]),
  ];
}

/** Plugs in the disk with this index among those of the machine. */
export async function plugIn(
  disk: Disk,
  index: number,
  machine: Kind,
  monitor: Pick<Monitor, "command">,
): Promise<void> {
  if (disk.fault === undefined) throw new Error("only a movable disk is plugged in");
  await monitor.command("device_add", device(disk, disk.fault, index, machine));
}

/** Asks the guest to let go of the disk; resolves when it has. */
export async function unplug(index: number, monitor: Pick<Monitor, "command" | "event">): Promise<void> {
  const gone = monitor.event(({ name, data }) => name === "DEVICE_DELETED" && data["device"] === deviceId(index));
  await monitor.command("device_del", { id: deviceId(index) });
  await gone;
}

function layers(disk: Disk, fault: DiskFault, index: number): readonly string[] {
  const top = `disk${index}`;
  const names = [
    `${top}-file`,
    `${top}-format`,
    ...(fault.badSectors.length > 0 ? [`${top}-bad`] : []),
    ...(isBraked(fault) ? [`${top}-brake`] : []),
  ];
  const readOnly = { "read-only": fault.isReadOnly };
  const below = (name: string): string => names[names.indexOf(name) - 1] ?? "";
  return [
    ...blockdev({ driver: "file", "node-name": `${top}-file`, filename: disk.file, ...readOnly }),
    ...blockdev({ driver: disk.format, "node-name": `${top}-format`, file: below(`${top}-format`), ...readOnly }),
    ...(fault.badSectors.length === 0
      ? []
      : blockdev({
          driver: "blkdebug",
          "node-name": `${top}-bad`,
          image: below(`${top}-bad`),
          ...readOnly,
          "inject-error": fault.badSectors.flatMap(badSectors),
        })),
    ...(isBraked(fault) ? brake(fault, top, below(`${top}-brake`), readOnly) : []),
  ];
}

/** 5 is EIO. */
function badSectors([first, last]: readonly [number, number]): readonly object[] {
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    event: "none",
    iotype: "read",
    errno: 5,
    sector: first + index,
  }));
}

function brake(fault: DiskFault, top: string, below: string, readOnly: object): readonly string[] {
  const limits = {
    ...(fault.requestsPerSecond === undefined ? {} : { "iops-total": fault.requestsPerSecond }),
    ...(fault.bytesPerSecond === undefined ? {} : { "bps-total": fault.bytesPerSecond }),
  };
  return [
    ...["-object", JSON.stringify({ "qom-type": "throttle-group", id: `${top}-limits`, limits })],
    ...blockdev({
      driver: "throttle",
      "node-name": `${top}-brake`,
      "throttle-group": `${top}-limits`,
      file: below,
      ...readOnly,
    }),
  ];
}

function isBraked({ requestsPerSecond, bytesPerSecond }: DiskFault): boolean {
  return requestsPerSecond !== undefined || bytesPerSecond !== undefined;
}

function topLayer(fault: DiskFault, index: number): string {
  if (isBraked(fault)) return `disk${index}-brake`;
  return fault.badSectors.length > 0 ? `disk${index}-bad` : `disk${index}-format`;
}

function device(disk: Disk, fault: DiskFault, index: number, machine: Kind): Readonly<Record<string, unknown>> {
  return {
    driver: `virtio-blk-${machine === "microvm" ? "device" : "pci"}`,
    id: deviceId(index),
    drive: topLayer(fault, index),
    ...(disk.serial === undefined ? {} : { serial: disk.serial }),
    // The root bus of a q35 takes nothing while it runs.
    ...(fault.isMovable && machine === "q35" ? { bus: slot(index) } : {}),
  };
}

function deviceId(index: number): string {
  return `device${index}`;
}

function slot(index: number): string {
  return `slot${index}`;
}

function blockdev(options: object): readonly string[] {
  return ["-blockdev", JSON.stringify(options)];
}
