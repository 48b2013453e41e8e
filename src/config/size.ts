/**
 * Bytes of a size as systemd.syntax(7) writes them: `512`, `64K`, `1.5G`, to the base 1024 (`KiB` means the same);
 * `undefined` when it is no size or no whole number of bytes.
 */
export function parseSize(text: string): number | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?) ?(?:B|([KMGTP])(?:iB)?)?$/.exec(text.trim());
  if (match === null) return undefined;
  const exponent = match[2] === undefined ? 0 : 1 + "KMGTP".indexOf(match[2]);
  const bytes = Number(match[1]) * 1024 ** exponent;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
