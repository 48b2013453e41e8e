import type { Disk } from "./disk.ts";
import { faultyDiskArguments } from "./faulty-disk.ts";
import type { Firmware } from "./firmware.ts";
import { nicArguments } from "./nics.ts";
import type { Nic } from "./nics.ts";

/**
 * A virtual machine, as data. File names are absolute: QEMU takes the text before a colon in a relative one for a
 * protocol.
 */
export interface Machine {
  readonly kind: "q35" | "pc" | "microvm";
  readonly accelerator: "kvm" | "tcg";
  /** MiB. */
  readonly memory: number;
  readonly cpus: number;
  readonly kernel?: string;
  readonly initrd?: string;
  /** Words of the kernel command line, each as it stands there. */
  readonly commandLine: readonly string[];
  /** The first is ttyS0, and so on; at most four. */
  readonly serials: readonly Channel[];
  readonly disks: readonly Disk[];
  readonly ports: readonly Port[];
  readonly nics?: readonly Nic[];
  readonly credentials: readonly Credential[];
  /** UEFI in place of the firmware that QEMU brings. */
  readonly firmware?: Firmware;
  /** The socket of a TPM 2.0. */
  readonly tpm?: string;
  readonly monitor?: Channel;
  /** Nothing runs until the monitor says so. */
  readonly isPaused?: boolean;
  /**
   * Each instruction takes 2^shift ns of guest time, so that times in the guest do not depend on the host. A guest that
   * waits, for a disk or a person, waits in real time. Only with tcg; kvm counts nothing.
   */
  readonly icountShift?: number;
  /** For what is not said here; appended as they are. */
  readonly extra: readonly string[];
}

/** The host's end of something that the guest writes to. */
export type Channel =
  | { readonly is: "stdio" }
  /** A connected socket that QEMU inherits. */
  | { readonly is: "descriptor"; readonly descriptor: number }
  /** QEMU listens; nobody need come. */
  | { readonly is: "socket"; readonly path: string }
  | { readonly is: "null" };

/** A virtio-serial port: `/sys/class/virtio-ports/…/name` in the guest. */
export interface Port {
  readonly name: string;
  readonly channel: Channel;
}

/**
 * Something that the guest is told outside its command line. With `smbios` the file holds
 * `io.systemd.credential:NAME=VALUE` (systemd.exec(5), smbios type 11), with `fw-cfg` the value alone. It is a file
 * because anyone on the host can read the arguments of a process.
 */
export interface Credential {
  readonly name: string;
  readonly by: "smbios" | "fw-cfg";
  readonly file: string;
}

/**
 * The arguments of qemu-system-x86_64(1). The machine has no device but those declared and a random number generator,
 * no display, and a reboot ends it. Throws when the machine cannot be (a bug of the caller).
 */
export function qemuArguments(machine: Machine): readonly string[] {
  refuseImpossible(machine);
  return [
    ...["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"],
    ...["-machine", machine.kind === "microvm" ? "microvm,rtc=on" : machine.kind],
    ...accelerator(machine),
    ...["-m", `${machine.memory}M`, "-smp", `${machine.cpus}`],
    ...kernel(machine),
    ...machine.serials.flatMap((channel, index) => serial(channel, index)),
    ...ports(machine),
    ...disks(machine),
    ...nicArguments(machine.nics ?? [], machine.kind === "microvm" ? "device" : "pci"),
    ...machine.credentials.flatMap(credential),
    ...firmware(machine.firmware),
    ...tpm(machine.tpm),
    ...["-object", "rng-random,id=rng,filename=/dev/urandom"],
    ...["-device", `${virtio("rng", machine)},rng=rng`],
    ...monitor(machine.monitor),
    ...(machine.isPaused === true ? ["-S"] : []),
    ...machine.extra,
  ];
}

function refuseImpossible(machine: Machine): void {
  const files = [machine.kernel, machine.initrd, ...machine.disks.map(({ file }) => file)];
  for (const file of files) {
    if (file !== undefined && !file.startsWith("/")) throw new Error(`not an absolute path: ${file}`);
  }
  if (machine.serials.length > 4) throw new Error("a machine has at most four serial consoles");
  if (machine.kind === "microvm" && machine.disks.some(({ bus }) => ["nvme", "ahci", "usb-storage"].includes(bus))) {
    throw new Error("microvm has no PCI bus for nvme, ahci or USB");
  }
  if (machine.kind === "microvm" && (machine.nics ?? []).some(({ model }) => model === "e1000e")) {
    throw new Error("microvm has no PCI bus for e1000e");
  }
  if (machine.disks.some(({ fault, bus, writes }) => fault && (bus !== "virtio-blk" || writes !== "keep"))) {
    throw new Error("only an overlay on virtio-blk can be faulty");
  }
  for (const { serial: text } of machine.disks) {
    if (text !== undefined && Buffer.byteLength(text) > 20) throw new Error(`longer than 20 bytes: ${text}`);
  }
}

/** TCG with several threads dies now and then before /init: QEMU 7.2 rewrites running code ("Oops: int3"). */
function accelerator({ accelerator: kind, icountShift }: Machine): readonly string[] {
  const accel = ["-accel", kind === "tcg" ? "tcg,thread=single" : "kvm", "-cpu", kind === "kvm" ? "host" : "max"];
  return icountShift === undefined || kind === "kvm" ? accel : [...accel, "-icount", `shift=${icountShift},sleep=on`];
}

function kernel(machine: Machine): readonly string[] {
  if (machine.kernel === undefined) return [];
  return [
    ...["-kernel", machine.kernel],
    ...(machine.initrd === undefined ? [] : ["-initrd", machine.initrd]),
    ...["-append", machine.commandLine.join(" ")],
  ];
}

function serial(channel: Channel, index: number): readonly string[] {
  return [...chardev(`serial${index}`, channel), "-serial", `chardev:serial${index}`];
}

function ports(machine: Machine): readonly string[] {
  if (machine.ports.length === 0) return [];
  return [
    ...["-device", virtio("serial", machine)],
    ...machine.ports.flatMap(({ name, channel }, index) => [
      ...chardev(`port${index}`, channel),
      ...["-device", `virtserialport,chardev=port${index},name=${quoted(name)}`],
    ]),
  ];
}

function chardev(id: string, channel: Channel): readonly string[] {
  switch (channel.is) {
    case "stdio":
      return ["-chardev", `stdio,id=${id},signal=off`];
    case "descriptor":
      return ["-chardev", `socket,id=${id},fd=${channel.descriptor}`];
    case "socket":
      return ["-chardev", `socket,id=${id},path=${quoted(channel.path)},server=on,wait=off`];
    case "null":
      return ["-chardev", `null,id=${id}`];
  }
}

function disks(machine: Machine): readonly string[] {
  const has = (bus: Disk["bus"]) => machine.disks.some((disk) => disk.bus === bus);
  return [
    ...(has("virtio-scsi") ? ["-device", `${virtio("scsi", machine)},id=scsi`] : []),
    ...(has("usb-storage") ? ["-device", "qemu-xhci,id=usb"] : []),
    ...(has("ahci") ? ["-device", "ahci,id=ahci"] : []),
    ...machine.disks.flatMap((disk, index) =>
      disk.fault === undefined
        ? ["-drive", drive(disk, index), "-device", diskDevice(disk, index, machine)]
        : faultyDiskArguments(disk, disk.fault, index, machine.kind),
    ),
  ];
}

/** Flash memory: the code cannot be written, the variables can. */
function firmware(one: Firmware | undefined): readonly string[] {
  if (one === undefined) return [];
  return [
    ...["-drive", `if=pflash,unit=0,format=raw,readonly=on,file=${quoted(one.code)}`],
    ...["-drive", `if=pflash,unit=1,format=raw,file=${quoted(one.variables)}`],
  ];
}

function tpm(socket: string | undefined): readonly string[] {
  if (socket === undefined) return [];
  return [
    ...["-chardev", `socket,id=tpm,path=${quoted(socket)}`],
    ...["-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device", "tpm-crb,tpmdev=tpm0"],
  ];
}

/** Nothing a test disk holds is worth waiting for the host's disk. */
function drive(disk: Disk, index: number): string {
  const writes = { discard: ",snapshot=on", keep: "", refuse: ",read-only=on" }[disk.writes];
  const cache = disk.writes === "keep" ? "" : ",cache=unsafe";
  return `if=none,id=disk${index},format=${disk.format},file=${quoted(disk.file)}${writes}${cache}`;
}

function diskDevice(disk: Disk, index: number, machine: Machine): string {
  const serialNumber = disk.serial === undefined ? "" : `,serial=${quoted(disk.serial)}`;
  const tail = `drive=disk${index}${serialNumber}`;
  switch (disk.bus) {
    case "virtio-blk":
      return `${virtio("blk", machine)},${tail}`;
    case "virtio-scsi":
      return `scsi-hd,bus=scsi.0,${tail}`;
    case "nvme":
      return `nvme,${disk.serial === undefined ? `${tail},serial=disk${index}` : tail}`;
    case "usb-storage":
      return `usb-storage,bus=usb.0,${tail}`;
    case "ahci": {
      const before = machine.disks.slice(0, index).filter(({ bus }) => bus === "ahci").length;
      return `ide-hd,bus=ahci.${before},${tail}`;
    }
  }
}

function virtio(device: "blk" | "scsi" | "serial" | "rng", machine: Machine): string {
  return `virtio-${device}-${machine.kind === "microvm" ? "device" : "pci"}`;
}

function credential({ name, by, file }: Credential): readonly string[] {
  return by === "smbios"
    ? ["-smbios", `type=11,path=${quoted(file)}`]
    : ["-fw_cfg", `name=${quoted(`opt/io.systemd.credentials/${name}`)},file=${quoted(file)}`];
}

function monitor(channel: Channel | undefined): readonly string[] {
  if (channel === undefined) return ["-monitor", "none"];
  return [...chardev("monitor", channel), "-mon", "chardev=monitor,mode=control"];
}

/** QEMU separates the parts of an option with commas, and takes two of them for one that is meant. */
function quoted(value: string): string {
  return value.replaceAll(",", ",,");
}
