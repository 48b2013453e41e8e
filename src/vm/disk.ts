export interface Disk {
  readonly file: string;
  readonly format: "raw" | "qcow2";
  readonly bus: "virtio-blk" | "virtio-scsi" | "nvme" | "ahci" | "usb-storage";
  /** At most 20 bytes: that is all a guest sees of it. */
  readonly serial?: string;
  /** `discard` keeps what the guest writes in a nameless temporary file: the disk is never changed. */
  readonly writes: "discard" | "keep" | "refuse";
  /** For a disk on virtio-blk whose writes are kept. */
  readonly fault?: DiskFault;
}

/** What is wrong with a disk. Its device is virtio, and its file is an overlay that can be written. */
export interface DiskFault {
  /** It is plugged in later, by `plugIn`, or never. */
  readonly isAbsent: boolean;
  /** It can be plugged in or unplugged while the machine runs. */
  readonly isMovable: boolean;
  readonly isReadOnly: boolean;
  /** First and last sector of 512 bytes of each range that fails to be read. */
  readonly badSectors: readonly (readonly [number, number])[];
  readonly requestsPerSecond?: number;
  readonly bytesPerSecond?: number;
}
