import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editDistance, suggest } from "./suggest.ts";

describe("a suggestion", () => {
  test.each([
    ["devcie", "device"],
    ["DEVICE", "device"],
    ["device_timeout", "device-timeout"],
    ["keyfile", "key-file"],
    ["options", "options"],
    ["opt", undefined],
    ["x", undefined],
    ["", undefined],
    ["hostname", undefined],
  ])("for %j is %j", (word, meant) => {
    expect(suggest(word, ["device", "device-timeout", "key-file", "options", "a"])).toBe(meant);
  });

  test("is the nearest, and of several as near the first", () => {
    expect(suggest("ext5", ["ext4", "ext3", "ext"])).toBe("ext4");
    expect(suggest("deny", ["dent", "deny"])).toBe("deny");
  });

  test("counts a swap of neighbours once", () => {
    expect(editDistance("virtio", "vitrio")).toBe(1);
    expect(editDistance("kitten", "sitting")).toBe(3);
    expect(editDistance("", "abc")).toBe(3);
  });

  test("measures alike in both directions, and nothing only between equals", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
      }),
    );
  });
});
