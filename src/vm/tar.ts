export interface TarFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The regular files of a tar archive (POSIX.1-1988 ustar with GNU long names), in order. Anything else in it is passed
 * over, and so is all behind a damaged header. Names are as written: they come from a guest and are no paths of ours.
 */
export function tarFiles(archive: Uint8Array): readonly TarFile[] {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.length);
  const files: TarFile[] = [];
  let longName: string | undefined;
  for (let at = 0; at + block <= bytes.length;) {
    const header = bytes.subarray(at, at + block);
    const size = octal(header, 124, 12);
    if (size === undefined || octal(header, 148, 8) !== checksum(header)) break;
    const content = bytes.subarray(at + block, at + block + size);
    if (content.length < size) break;
    const type = header.toString("latin1", 156, 157);
    if (type === "0" || type === "\0") files.push({ name: longName ?? shortName(header), bytes: content });
    longName = type === "L" ? text(content, 0, content.length) : undefined;
    at += block + Math.ceil(size / block) * block;
  }
  return files;
}

const block = 512;

function shortName(header: Buffer): string {
  const prefix = text(header, 345, 155);
  const name = text(header, 0, 100);
  return prefix === "" || text(header, 257, 5) !== "ustar" ? name : `${prefix}/${name}`;
}

function text(bytes: Buffer, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? length : end);
}

function octal(header: Buffer, start: number, length: number): number | undefined {
  const digits = text(header, start, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

function checksum(header: Buffer): number {
  let sum = 0;
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 0x20 : byte;
  return sum;
}
