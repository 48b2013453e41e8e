/** What lies at the beginning of a disk or partition, and whether it was left in order. */
export interface DiskState {
  readonly type: "ext4" | "md" | "unknown";
  readonly state: "clean" | "dirty" | "unknown";
}

/** Reads the superblock from the first bytes, of which `stateBytes` are enough. */
export function stateOf(bytes: Uint8Array): DiskState {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < stateBytes) return { type: "unknown", state: "unknown" };
  if (view.getUint16(ext4.at + ext4.magic, true) === 0xef53) {
    const isUnmounted = (view.getUint16(ext4.at + ext4.state, true) & 1) !== 0;
    const needsJournal = (view.getUint32(ext4.at + ext4.incompatible, true) & 4) !== 0;
    return { type: "ext4", state: isUnmounted && !needsJournal ? "clean" : "dirty" };
  }
  // Version 1.2 lies 4 KiB from the start, version 1.1 at it.
  for (const at of [4096, 0]) {
    if (view.getUint32(at, true) !== 0xa92b4efc) continue;
    const isInOrder = view.getBigUint64(at + md.resyncOffset, true) === 0xffff_ffff_ffff_ffffn;
    return { type: "md", state: isInOrder ? "clean" : "dirty" };
  }
  return { type: "unknown", state: "unknown" };
}

export const stateBytes = 8192;

/** Documentation/filesystems/ext4/super.rst of Linux. */
const ext4 = { at: 1024, magic: 0x38, state: 0x3a, incompatible: 0x60 };

/** struct mdp_superblock_1 (include/uapi/linux/raid/md_p.h): all ones once nothing is to be synchronized. */
const md = { resyncOffset: 0xd0 };
