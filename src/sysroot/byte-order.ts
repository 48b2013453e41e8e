/**
 * Compares two strings by the bytes of their UTF-8 form, as strcmp(3) does: the order of everything that unitrd
 * sorts, the same in every locale.
 */
export function byteOrder(a: string, b: string): number {
  if (a === b) return 0;
  // UTF-16 and UTF-8 agree unless a surrogate pair is involved.
  if (surrogate.test(a) || surrogate.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

const surrogate = /[\ud800-\udfff]/;
