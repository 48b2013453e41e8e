/** An amount of bytes for people: `512 B`, `8.1 MiB`. */
export function bytesPhrase(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kibi = bytes / 1024;
  return kibi < 999.95 ? `${kibi.toFixed(1)} KiB` : `${(kibi / 1024).toFixed(1)} MiB`;
}

export function countPhrase(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

/** `+1.2 KiB`, `−3 B`, `=`. */
export function growthPhrase(before: number, after: number): string {
  if (before === after) return "=";
  return `${after > before ? "+" : "−"}${bytesPhrase(Math.abs(after - before))}`;
}
