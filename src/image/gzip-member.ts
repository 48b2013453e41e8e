/**
 * How many bytes stand before the deflated data of the gzip member that `bytes` begins with (RFC 1952 section 2.3), or
 * `undefined` when that is no such member or not all of its header.
 */
export function gzipHeaderLength(bytes: Uint8Array): number | undefined {
  const [, , method, flags] = bytes;
  if (method !== 8 || flags === undefined || (flags & 0xe0) !== 0) return undefined;
  let at = 10;
  if ((flags & extra) !== 0) at += 2 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);
  for (const text of [fileName, comment]) {
    if ((flags & text) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end === -1) return undefined;
    at = end + 1;
  }
  if ((flags & headerChecksum) !== 0) at += 2;
  return at <= bytes.length ? at : undefined;
}

const headerChecksum = 2;
const extra = 4;
const fileName = 8;
const comment = 16;
