import { createHash } from "node:crypto";

/** A UUID (version 8, RFC 9562) that stands for a place on a disk: the same text gives the same one. */
export function placeUuid(place: string): string {
  const hex = createHash("sha256").update(place).digest("hex");
  const variant = (Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80;
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant.toString(16)}${hex.slice(18, 20)}`,
  ];
  return [...parts, hex.slice(20, 32)].join("-");
}
