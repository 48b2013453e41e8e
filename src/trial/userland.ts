/**
 * The parts of what the userland of `scripts/fetch userland` sends: `UNITRD-REPORT NAME BYTES`, so many bytes and a
 * newline, again and again. Empty when there is none or it was cut off.
 */
export function readUserland(port: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const bytes = Buffer.from(port.buffer, port.byteOffset, port.length);
  const parts = new Map<string, Uint8Array>();
  let at = bytes.indexOf(opening);
  while (at !== -1) {
    const end = bytes.indexOf("\n", at);
    const [, name, size] = /^UNITRD-REPORT ([a-z]{1,32}) ([0-9]{1,9})$/.exec(bytes.toString("latin1", at, end)) ?? [];
    if (name === undefined) break;
    const next = end + 1 + Number(size);
    if (name === "end") return parts;
    parts.set(name, bytes.subarray(end + 1, next));
    at = bytes.indexOf(opening, next);
  }
  return new Map();
}

const opening = "UNITRD-REPORT ";
