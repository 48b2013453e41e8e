import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readElf, type ElfReading } from "./elf.ts";
import { memoryTree } from "./memory-tree.ts";
import { tinyElf, type TinyElf } from "./tiny-elf.ts";

const read = (bytes: Uint8Array | string): ElfReading => readElf(memoryTree({ "/file": bytes }), "/file");

const full: TinyElf = {
  interpreter: "/lib64/ld-linux-x86-64.so.2",
  needed: ["libc.so.6", "libm.so.6"],
  soname: "libfull.so.1",
  rpath: "/old",
  runpath: "$ORIGIN/../lib:/opt/lib",
  noDefaultLibraries: true,
  symbols: ["pthread_exit"],
  dlopens: [
    { feature: "kmod", description: "Modules", priority: "required", soname: ["libkmod.so.2"] },
    { soname: ["libfido2.so.2", "libfido2.so.1"] },
  ],
};

describe("readElf", () => {
  it.each([
    { bits: 32, endian: "little", machine: 3 },
    { bits: 32, endian: "big", machine: 20 },
    { bits: 64, endian: "little", machine: 183 },
    { bits: 64, endian: "big", machine: 22 },
  ] as const)("reads every header of a $bits-bit $endian-endian file", (kind) => {
    expect(read(tinyElf({ ...full, ...kind, flags: 0x400 }))).toEqual({
      is: "elf",
      elf: {
        ...kind,
        flags: 0x400,
        interpreter: "/lib64/ld-linux-x86-64.so.2",
        needed: ["libc.so.6", "libm.so.6"],
        soname: "libfull.so.1",
        rpath: "/old",
        runpath: "$ORIGIN/../lib:/opt/lib",
        noDefaultLibraries: true,
        unwindsThreads: true,
        dlopens: [
          { feature: "kmod", description: "Modules", priority: "required", sonames: ["libkmod.so.2"] },
          {
            feature: undefined,
            description: undefined,
            priority: "recommended",
            sonames: ["libfido2.so.2", "libfido2.so.1"],
          },
        ],
      },
    });
  });

  it("takes a file without the magic for something else", () => {
    for (const bytes of ["", "\x7fEL", "#!/bin/sh\n", "MZ"]) expect(read(bytes)).toEqual({ is: "other" });
  });

  it("says where a file that was cut short ends", () => {
    const whole = tinyElf(full);
    expect(read(whole.slice(0, 20))).toEqual({
      is: "broken",
      problem: { what: "the file ends within its header", offset: 0 },
    });
    expect(read(whole.slice(0, 100))).toEqual({
      is: "broken",
      problem: { what: "the program headers end behind the file", offset: 64 },
    });
    for (let length = 4; length < whole.length; length++) expect(read(whole.slice(0, length)).is).toBe("broken");
  });

  it("calls a dlopen note that is no list of libraries broken", () => {
    for (const dlopens of ["", "{", "{}", "[1]", "[{}]", '[{"soname":[]}]', '[{"soname":[1]}]']) {
      expect(read(tinyElf({ dlopens }))).toMatchObject({ is: "broken" });
    }
  });

  it("asks the tree for no more than the file holds, whatever the headers say", () => {
    const bytes = tinyElf(full);
    for (let offset = 0; offset < 64 + 4 * 56; offset++) {
      const lying = bytes.slice();
      lying.fill(0xff, offset, offset + 8);
      const tree = memoryTree({ "/file": lying });
      let most = 0;
      const counted = readElf(
        { ...tree, readAt: (path, at, length) => ((most = Math.max(most, length)), tree.readAt(path, at, length)) },
        "/file",
      );
      if (offset > 3) expect(counted.is).not.toBe("other");
      expect(most).toBeLessThanOrEqual(4096);
    }
  });

  it("answers for any bytes behind the magic", () => {
    const damage = fc.array(fc.tuple(fc.nat(1200), fc.nat(255)), { minLength: 1, maxLength: 12 });
    const kind = fc.record({
      bits: fc.constantFrom(32 as const, 64 as const),
      endian: fc.constantFrom("little" as const, "big" as const),
    });
    fc.assert(
      fc.property(kind, damage, fc.nat(1200), (layout, changes, length) => {
        const bytes = tinyElf({ ...full, ...layout });
        for (const [at, value] of changes) if (at > 3 && at < bytes.length) bytes[at] = value;
        return read(bytes.slice(0, Math.max(4, length))).is !== "other";
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), (bytes) => {
        return read(Buffer.concat([Buffer.from("\x7fELF\x02\x01", "latin1"), bytes])).is !== "other";
      }),
    );
  });
});
