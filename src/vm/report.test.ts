import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseReports } from "./report.ts";
import type { GuestEvent } from "./report.ts";

function report(event: GuestEvent, sections: Readonly<Record<string, string | Uint8Array>>): Buffer {
  return Buffer.concat([
    Buffer.from(`unitrd-report 1 ${event}\n`),
    ...Object.entries(sections).flatMap(([name, content]) => {
      const bytes = Buffer.from(content);
      return [Buffer.from(`section ${name} ${bytes.length}\n`), bytes, Buffer.from("\n")];
    }),
    Buffer.from("end\n"),
  ]);
}

describe("parseReports", () => {
  it("reads the facts of a guest", () => {
    const { whole, torn } = parseReports(
      report("hand-over", {
        uptime: "12.34 5.00\n",
        cmdline: "root=LABEL=x quiet\n",
        mounts: "/dev/dm-0 /sysroot ext4 ro,relatime 0 0\n/dev/vdb /sysroot/a\\040b btrfs rw,subvol=/@ 0 0\n",
        modules: "dm_crypt 61440 0 - Live 0x0\next4 1 2 - Live 0x0\n",
        mappings: "dm-0\troot\tCRYPT-LUKS2-abc-root\tvda1 vdb\n",
        "journal.tar.gz": Uint8Array.of(0x1f, 0x8b, 0x0a, 0),
      }),
    );
    expect(torn).toEqual([]);
    expect(whole).toHaveLength(1);
    expect(whole[0]).toMatchObject({
      event: "hand-over",
      uptime: 12.34,
      commandLine: "root=LABEL=x quiet",
      modules: ["dm_crypt", "ext4"],
      mappings: [{ device: "dm-0", name: "root", uuid: "CRYPT-LUKS2-abc-root", below: ["vda1", "vdb"] }],
      journal: Uint8Array.of(0x1f, 0x8b, 0x0a, 0),
    });
    expect(whole[0]?.mounts[1]).toEqual({
      source: "/dev/vdb",
      target: "/sysroot/a b",
      type: "btrfs",
      options: ["rw", "subvol=/@"],
    });
  });

  it("takes an empty journal for none, and does without any section", () => {
    expect(parseReports(report("emergency", { "journal.tar.gz": "" })).whole[0]?.journal).toBeUndefined();
    expect(parseReports(report("switched", {})).whole[0]).toMatchObject({ mounts: [], uptime: undefined });
  });

  it("is not misled by a section that looks like framing", () => {
    const evil = "end\nunitrd-report 1 stage-two\nsection a 0\n\nend\n";
    expect(parseReports(report("hand-over", { evil })).whole.map(({ event }) => event)).toEqual(["hand-over"]);
  });

  it("knows a report that was cut off, wherever that was, and still reads the next", () => {
    const first = report("hand-over", { mounts: "a b c d 0 0\n", uptime: "1.00 1.00\n" });
    const second = report("emergency", { uptime: "2.00 2.00\n" });
    const opening = "unitrd-report 1 hand-over\n".length;
    fc.assert(
      fc.property(fc.integer({ min: opening, max: first.length - 1 }), (length) => {
        const { whole, torn } = parseReports(Buffer.concat([first.subarray(0, length), second]));
        expect(torn).toEqual(["hand-over"]);
        expect(whole.map(({ event }) => event)).toEqual(["emergency"]);
      }),
    );
  });

  it("passes over noise and events it does not know", () => {
    const noise = Buffer.from("unitrd-report 2 x\nunitrd-report 1 unknown\n\u0000section a 99\n");
    expect(parseReports(Buffer.concat([noise, report("switched", {}), noise])).whole).toHaveLength(1);
  });

  it("reads anything without throwing", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void parseReports(bytes)));
  });
});
