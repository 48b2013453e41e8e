import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layoutMistakes } from "./mistakes.ts";
import { bytesInside, placePartitions } from "./placement.ts";
import { bytesOf, MiB, size } from "./size.ts";

describe("placePartitions", () => {
  it("puts partitions one after another on whole MiB, inside of what the table leaves, for every layout without mistakes", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 * 1024 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 3, max: 128 }), fc.boolean(), (kibibytes, disk, open) => {
        const partition = kibibytes.map((size, index) =>
          open && index === kibibytes.length - 1 ? {} : { size: `${size}K` },
        );
        const declared = { name: "a", size: `${disk}M`, partition };
        const placed = placePartitions(declared);
        let end = MiB;
        for (const { start, bytes } of placed) {
          expect(start).toBe(end);
          expect(Number.isInteger(bytes / MiB)).toBe(true);
          end = start + bytes;
        }
        const fits = end <= (disk - 1) * MiB && placed.every(({ bytes }) => bytes >= MiB);
        expect(layoutMistakes({ disk: [declared] }).length === 0).toBe(fits);
      }),
    );
  });

  it("gives the last partition without a size the rest", () => {
    const placed = placePartitions({ name: "a", size: "10M", partition: [{ size: "3M" }, {}] });
    expect(placed.map(({ start, bytes }) => [start / MiB, bytes / MiB])).toEqual([
      [1, 3],
      [4, 5],
    ]);
  });
});

describe("bytesInside", () => {
  it("leaves room for the header, and all of it when the header is elsewhere", () => {
    const luks = { type: "luks", keys: [{ passphrase: "x" }], pbkdf: "pbkdf2", content: { type: "empty" } } as const;
    expect(bytesInside({ ...luks, version: 2 }, 64 * MiB)).toBe(32 * MiB);
    expect(bytesInside({ ...luks, version: 1 }, 64 * MiB)).toBe(32 * MiB);
    expect(bytesInside({ ...luks, version: 2, header: "h" }, 64 * MiB)).toBe(64 * MiB);
  });
});

describe("bytesOf", () => {
  it("counts in powers of 1024", () => {
    expect(["512", "4K", "3M", "2G"].map(bytesOf)).toEqual([512, 4096, 3 * MiB, 2048 * MiB]);
  });

  it.each(["", "0M", "1.5G", "1T", "-1", "1 M", "M"])("has no meaning for %j, which the schema refuses", (text) => {
    expect(size.safeParse(text).success).toBe(false);
  });
});
