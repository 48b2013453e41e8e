import { describe, expect, it } from "vitest";
import type { Disk } from "../scenario/disks/layout.ts";
import { clusters } from "./clusters.ts";

function disk(name: string, of: string): Disk {
  return { name, size: "32M", content: { type: "member", of } };
}

describe("clusters", () => {
  it("keeps disks apart that share nothing, in the order of their declaration", () => {
    const parts = clusters({
      disk: [disk("a", "low"), { name: "b", size: "8M" }, disk("c", "vg0"), disk("d", "low")],
      array: [
        { name: "low", level: 1, metadata: "1.2", homehost: "any" },
        { name: "high", level: 1, metadata: "1.2", homehost: "any" },
      ],
      "volume-group": [{ name: "vg0", volume: [] }],
    }).map((part) => [part.disk, part.array ?? [], part["volume-group"] ?? []].flat().map(({ name }) => name));
    expect(parts).toEqual([["a", "d", "low"], ["b"], ["c", "vg0"]]);
  });
});
