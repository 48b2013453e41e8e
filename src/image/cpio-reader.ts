import { isUtf8 } from "node:buffer";

/** One entry of a cpio archive, with its data still in place. */
export interface CpioEntry {
  /** As it stands there, up to the first NUL; in a name that is not UTF-8 the odd bytes are written `\\xff`. */
  readonly name: string;
  readonly ino: number;
  /** Type and permissions, as in inode(7). */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly nlink: number;
  readonly mtime: number;
  /** Device that the file was on; with `ino` it tells hard links. */
  readonly on: string;
  readonly device: { readonly major: number; readonly minor: number };
  readonly data: Uint8Array;
}

/** `ending` says how the archive ended; `offset` is where what follows begins, or where reading stopped. */
export interface CpioArchive {
  readonly entries: readonly CpioEntry[];
  readonly offset: number;
  readonly ending: CpioEnding;
}

/** `no-trailer`: nothing is missing but the entry that ends an archive; the kernel does not mind. */
export type CpioEnding =
  | { readonly is: "trailer" }
  | { readonly is: "no-trailer" }
  | { readonly is: "cut" }
  | { readonly is: "damaged"; readonly what: string };

/** Whether the bytes at `offset` begin an archive in the format newc, with or without checksums (buffer-format.rst). */
export function isCpio(bytes: Uint8Array, offset: number): boolean {
  const magic = text(bytes, offset, 6);
  return magic === "070701" || magic === "070702";
}

/** Reads the archive that begins at `start`. Never throws: what cannot be read is the `ending`. */
export function readCpio(bytes: Uint8Array, start: number): CpioArchive {
  const entries: CpioEntry[] = [];
  let offset = start;
  const ended = (ending: CpioEnding): CpioArchive => ({ entries, offset, ending });
  for (;;) {
    // Alignment counts from the beginning of the file for the kernel, from that of the archive for cpio(1): an archive
    // that begins at a multiple of 4 is right for both.
    const entry = readEntry(bytes, offset, start);
    if (entry.is !== "entry") return ended(entry);
    offset = entry.next;
    if (entry.entry.name === "TRAILER!!!") return ended({ is: "trailer" });
    entries.push(entry.entry);
  }
}

type Reading = { readonly is: "entry"; readonly entry: CpioEntry; readonly next: number } | CpioEnding;

function readEntry(bytes: Uint8Array, offset: number, start: number): Reading {
  if (offset >= bytes.length) return { is: "no-trailer" };
  const head = text(bytes, offset, headerLength);
  if (bytes[offset] === 0) return { is: "no-trailer" };
  const magic = head.slice(0, 6);
  if (!["070701", "070702"].some((known) => known.startsWith(magic))) return damaged("no header where one should be");
  if (head.length < headerLength) return { is: "cut" };
  const fields = fieldsOf(head);
  if (fields === undefined) return damaged("a header that is not of the format newc");

  const { nameLength, size } = fields;
  if (nameLength === 0) return damaged("an entry without a name");
  if (nameLength > longestName) return damaged(`a name of ${nameLength} bytes`);
  const nameAt = offset + headerLength;
  const dataAt = aligned(nameAt + nameLength, start);
  if (dataAt + size > bytes.length) return { is: "cut" };
  const name = nameOf(bytes.subarray(nameAt, nameAt + nameLength));
  const data = bytes.subarray(dataAt, dataAt + size);
  return { is: "entry", entry: { ...fields, name, data }, next: Math.min(aligned(dataAt + size, start), bytes.length) };
}

function nameOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const name = end === -1 ? bytes : bytes.subarray(0, end);
  if (isUtf8(name)) return new TextDecoder("utf-8", { ignoreBOM: true }).decode(name);
  return Buffer.from(name)
    .toString("latin1")
    .replaceAll(/[^\x00-\x7f]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
}

const headerLength = 110;

/** PATH_MAX; GNU cpio and the kernel read no longer names. */
const longestName = 4096;

function fieldsOf(head: string) {
  if (!/^07070[12][0-9a-fA-F]{104}$/.test(head)) return undefined;
  const field = (index: number) => Number.parseInt(head.slice(6 + 8 * index, 14 + 8 * index), 16);
  return {
    ino: field(0),
    mode: field(1),
    uid: field(2),
    gid: field(3),
    nlink: field(4),
    mtime: field(5),
    size: field(6),
    on: `${field(7)}:${field(8)}`,
    device: { major: field(9), minor: field(10) },
    nameLength: field(11),
  };
}

function aligned(offset: number, start: number): number {
  return offset + ((4 - ((offset - start) % 4)) % 4);
}

function damaged(what: string): CpioEnding {
  return { is: "damaged", what };
}

function text(bytes: Uint8Array, offset: number, length: number): string {
  return Buffer.from(bytes.subarray(offset, offset + length)).toString("latin1");
}
