import { byteOrder } from "./byte-order.ts";

/**
 * Orders kernel releases from old to new as `sort -V` does: runs of digits by their value, the rest by bytes, the
 * shorter first; but a release candidate (`6.9-rc3`) comes before the release, as `~` does in Debian's versions.
 */
export function versionOrder(a: string, b: string): number {
  const left = parts(a);
  const right = parts(b);
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const order = partOrder(left[i] ?? "", right[i] ?? "");
    if (order !== 0) return order;
  }
  return byteOrder(a, b);
}

function parts(version: string): readonly string[] {
  return version.replace(/[-.]rc(?=\d)/, "~rc").match(/~|\d+|[^\d~]+/g) ?? [];
}

function partOrder(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "~" || b === "~") return a === "~" ? -1 : 1;
  if (!/^\d/.test(a) || !/^\d/.test(b)) return byteOrder(a, b);
  const [x, y] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  return x.length === y.length ? byteOrder(x, y) : x.length - y.length;
}
