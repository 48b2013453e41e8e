/** An amount of bytes for people: `512 B`, `8.1 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  let amount = bytes / 1024;
  for (const unit of ["KiB", "MiB"]) {
    if (amount < 999.95) return `${amount.toFixed(1)} ${unit}`;
    amount /= 1024;
  }
  return `${amount.toFixed(1)} GiB`;
}
