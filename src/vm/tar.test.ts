import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { tarFiles } from "./tar.ts";

const directory = mkdtempSync(join(tmpdir(), "unitrd-tar-"));
afterAll(() => rmSync(directory, { recursive: true }));

describe("tarFiles", () => {
  it("reads what tar packs, links left out", () => {
    const long = "x".repeat(120);
    mkdirSync(join(directory, "journal", long), { recursive: true });
    writeFileSync(join(directory, "journal/a.journal"), Buffer.alloc(1000, 7));
    writeFileSync(join(directory, "journal", long, "b.journal"), "");
    symlinkSync("/etc/passwd", join(directory, "journal/link.journal"));
    const packed = execFileSync("tar", ["-c", "--format=gnu", "--sort=name", "-C", directory, "journal"]);
    const files = tarFiles(packed);
    expect(files.map(({ name, bytes }) => [name, bytes.length])).toEqual([
      ["journal/a.journal", 1000],
      [`journal/${long}/b.journal`, 0],
    ]);
    expect(files[0]?.bytes.every((byte) => byte === 7)).toBe(true);
    expect(tarFiles(packed.subarray(0, 1200)).length).toBeLessThan(2);
  });

  it("stops at a header that is damaged", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2048 }), (bytes) => {
        expect(tarFiles(bytes)).toEqual([]);
      }),
    );
  });
});
