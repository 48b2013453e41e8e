/** An address of the internet as it is written, and how many bits of it name the network. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly text: string;
  /** Absent where none was written. */
  readonly prefix?: number;
}

/** Reads `192.0.2.1`, `2001:db8::1/64`; undefined for anything else. Zones (`%eth0`) are not addresses. */
export function parseIpAddress(text: string): IpAddress | undefined {
  const [, address = "", prefix] = /^([^/]+)(?:\/([0-9]{1,3}))?$/.exec(text) ?? [];
  const family = familyOf(address);
  if (family === undefined) return undefined;
  if (prefix === undefined) return { family, text: address };
  const bits = Number(prefix);
  return bits <= (family === 4 ? 32 : 128) ? { family, text: address, prefix: bits } : undefined;
}

function familyOf(address: string): 4 | 6 | undefined {
  if (isIpv4(address)) return 4;
  return isIpv6(address) ? 6 : undefined;
}

/** Leading zeros are refused: some programs take them for octal numbers. */
function isIpv4(address: string): boolean {
  const parts = address.split(".");
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255);
}

/** RFC 4291, 2.2: eight groups, of which `::` stands for a run of zeros, and the last two may be an IPv4 address. */
function isIpv6(address: string): boolean {
  const halves = address.split("::");
  if (halves.length > 2) return false;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1)?.at(-1) ?? "";
  const isMixed = last.includes(".");
  if (isMixed && !isIpv4(last)) return false;
  const plain = groups.flat().slice(0, isMixed ? -1 : undefined);
  if (!plain.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false;
  const count = plain.length + (isMixed ? 2 : 0);
  return halves.length === 2 ? count <= 7 : count === 8;
}
