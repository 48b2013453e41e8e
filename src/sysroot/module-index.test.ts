import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byteOrder } from "./byte-order.ts";
import { readIndex, writeIndex } from "./module-index.ts";
import type { IndexEntries, IndexValue } from "./module-index.ts";

const key = fc.string({ unit: fc.constantFrom("a", "b", "_", ":", "*", "\x7f"), minLength: 1, maxLength: 6 });
const value = fc.record({ priority: fc.nat(), value: fc.string({ unit: fc.constantFrom("x", "y", " ", "\xe9") }) });
const entries: fc.Arbitrary<IndexEntries> = fc.array(fc.tuple(key, value));

function grouped(list: IndexEntries): readonly (readonly [string, readonly IndexValue[]])[] {
  const map = new Map<string, IndexValue[]>();
  for (const [name, one] of list) map.set(name, [...(map.get(name) ?? []), one]);
  return [...map]
    .map(([name, values]) => [name, values.sort((a, b) => a.priority - b.priority)] as const)
    .sort(([a], [b]) => byteOrder(a, b));
}

describe("a module index", () => {
  it("reads back as it was written, keys in byte order and values by priority", () => {
    fc.assert(
      fc.property(entries, (list) => {
        const read = readIndex(writeIndex(list));
        expect(read.is === "index" && [...read.entries].sort(([a], [b]) => byteOrder(a, b))).toEqual(grouped(list));
      }),
    );
  });

  it("does not depend on the order in which keys come", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name }), (list) => {
        expect(writeIndex([...list].reverse())).toEqual(writeIndex(list));
      }),
    );
  });

  it("has a root without a prefix, an empty one too", () => {
    expect(Buffer.from(writeIndex([])).toString("hex")).toBe("b007f457000200010000000c");
    const bytes = writeIndex([["ab", { priority: 7, value: "v" }]]);
    expect(Buffer.from(bytes).toString("hex")).toBe(
      ["b007f457", "00020001", "20000018", "6200", "00000001", "00000007", "7600", "6161", "c000000c"].join(""),
    );
  });

  it("refuses keys that libkmod cannot look up", () => {
    expect(() => writeIndex([["é", { priority: 0, value: "" }]])).toThrow(RangeError);
    expect(() => writeIndex([["a\0", { priority: 0, value: "" }]])).toThrow(RangeError);
  });

  it("is read without harm whatever its bytes are", () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat(), (list, where, byte, length) => {
        const bytes = Uint8Array.from(writeIndex(list));
        bytes[where % bytes.length] = byte;
        expect(["index", "broken"]).toContain(readIndex(bytes.subarray(0, length % (bytes.length + 1))).is);
      }),
    );
  });

  it("is broken when a node is its own child", () => {
    const bytes = Buffer.from("b007f45700020001200000" + "0c" + "61612000000c", "hex");
    expect(readIndex(bytes)).toEqual({ is: "broken", what: "its nodes form no tree" });
  });
});
