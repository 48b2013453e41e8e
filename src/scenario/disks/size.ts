import * as z from "zod";

export const MiB = 1024 * 1024;

/** A size as in util-linux: whole number and K, M or G, which are powers of 1024; or "512" bytes. */
export const size = z
  .string()
  .regex(/^[1-9][0-9]{0,11}[KMG]?$/, 'a size is a whole number with K, M or G, such as "256M"')
  .meta({ description: 'Whole number of bytes, or of KiB, MiB or GiB with K, M or G: "256M"' });

/** The bytes that a size which passed the schema stands for. */
export function bytesOf(text: string): number {
  const unit = units[text.slice(-1)];
  return unit === undefined ? Number(text) : Number(text.slice(0, -1)) * unit;
}

const units: Readonly<Record<string, number>> = { K: 1024, M: MiB, G: 1024 * MiB };

/** For sentences: `12.5 MiB`. */
export function inMiB(bytes: number): string {
  return `${Math.round((bytes / MiB) * 10) / 10} MiB`;
}
