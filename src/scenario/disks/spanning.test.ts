import { describe, expect, it } from "vitest";
import type { Content, Disk } from "./layout.ts";
import { membersOf } from "./members.ts";
import { layoutMistakes } from "./mistakes.ts";
import { MiB } from "./size.ts";
import type { ArrayOfDisks, Layout } from "./spanning.ts";

function disk(name: string, of: string): Disk {
  return { name, size: "32M", content: { type: "member", of } };
}

function array(name: string, level: ArrayOfDisks["level"], content?: Content): ArrayOfDisks {
  return { name, level, metadata: "1.2", homehost: "any", content };
}

function mistakes(layout: Layout): readonly string[] {
  return layoutMistakes(layout).map(({ code, message, path }) => `${code} ${path.join(".")}: ${message}`);
}

describe("what spans several disks", () => {
  it("has members of the size of the place they stand at, in other arrays too", () => {
    const layout = {
      disk: [disk("a", "low"), disk("b", "low"), disk("c", "low"), disk("d", "low")],
      array: [array("low", 10, { type: "member", of: "vg0" })],
      "volume-group": [{ name: "vg0", volume: [{ name: "root", size: "56M", thin: false }] }],
    };
    expect(membersOf("vg0", layout)).toMatchObject([{ owner: "low", place: "disk", bytes: 60 * MiB }]);
    expect(mistakes(layout)).toEqual([]);
  });

  it("is refused where a member has nothing to belong to, where too few are there, and where it lies in itself", () => {
    expect(mistakes({ disk: [disk("a", "low")] })).toEqual([
      "U811 disk.0.content.of: there is nothing called low to be a member of",
    ]);
    expect(mistakes({ disk: [disk("a", "low")], array: [array("low", 5)] })).toEqual([
      "U811 array.0: low takes 3 or more members, there are 1",
    ]);
    const circle = [array("low", 1, { type: "member", of: "high" }), array("high", 1, { type: "member", of: "low" })];
    expect(mistakes({ disk: [disk("a", "low")], array: circle })).toContain("U811 array.0: low would lie in itself");
    expect(mistakes({ disk: [disk("low", "low"), disk("b", "low")], array: [array("low", 1)] })).toContain(
      "U658 array.0.name: two disks are named low",
    );
  });

  it("is refused where volumes do not fit their group, or a content its volume", () => {
    const group = (size: string, content?: Content): Layout => ({
      disk: [disk("a", "vg0")],
      "volume-group": [{ name: "vg0", volume: [{ name: "root", size, thin: false, content }] }],
    });
    expect(mistakes(group("29M"))).toEqual([
      "U653 volume-group.0: the volumes of vg0 take 32 MiB, its members have 28 MiB",
    ]);
    expect(mistakes(group("28M", { type: "btrfs" }))).toEqual([
      "U653 volume-group.0.volume.0.content: btrfs takes at least 112 MiB, there are 28 MiB",
    ]);
  });
});
