/** Compares two paths by their UTF-8 bytes: the order of a manifest, the same in every locale. */
export function pathOrder(a: string, b: string): number {
  if (a === b) return 0;
  // UTF-16 and UTF-8 sort alike unless a surrogate pair meets a character from U+E000 upwards.
  if (/[\ud800-\udfff]/.test(a) || /[\ud800-\udfff]/.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}
