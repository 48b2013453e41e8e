import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeDeviceName, parseDeviceSpec } from "./device-spec.ts";

describe("a device", () => {
  test.each([
    ["UUID=0F3C1D2E-0000-4000-8000-00000000ABCD", "uuid", "/dev/disk/by-uuid/0f3c1d2e-0000-4000-8000-00000000abcd"],
    ["UUID=abcd-12ef", "uuid", "/dev/disk/by-uuid/ABCD-12EF"],
    ["UUID=01d2abcdef012345", "uuid", "/dev/disk/by-uuid/01D2ABCDEF012345"],
    ["UUID=2021-01-02-03-04-05-00", "uuid", "/dev/disk/by-uuid/2021-01-02-03-04-05-00"],
    ["PARTUUID=DEADBEEF-01", "partuuid", "/dev/disk/by-partuuid/deadbeef-01"],
    ["LABEL=Root", "label", "/dev/disk/by-label/Root"],
    ["LABEL=my root", "label", "/dev/disk/by-label/my\\x20root"],
    ["LABEL=a=b", "label", "/dev/disk/by-label/a=b"],
    ["LABEL=a/b\\c", "label", "/dev/disk/by-label/a\\x2fb\\x5cc"],
    ["PARTLABEL=Größe日", "partlabel", "/dev/disk/by-partlabel/Größe日"],
    ["LABEL=(x)%", "label", "/dev/disk/by-label/\\x28x\\x29\\x25"],
    ["/dev/vda1", "path", "/dev/vda1"],
    ["/dev/mapper/my root", "path", "/dev/mapper/my root"],
  ])("is known by the link that udev makes: %s", (spec, kind, path) => {
    expect(parseDeviceSpec(spec)).toMatchObject({ ok: true, device: { spec, kind, path } });
  });

  test.each([
    ["", /^is UUID=/],
    ["vda1", /^is UUID=/],
    ["ID=x", /^is UUID=/],
    ["uuid=x", /`UUID=` in capitals/],
    ["UUID =x", /`UUID=` in capitals/],
    ["UUID=", /nothing after `UUID=`/],
    ['LABEL="x"', /no quotes/],
    ["LABEL=..", /cannot be named/],
    ["/sys/x", /below \/dev/],
    ["/dev", /below \/dev/],
    ["/dev/../etc", /without doubled slashes/],
    ["/dev//vda", /without doubled slashes/],
    ["/dev/vda/", /without doubled slashes/],
    ["LABEL=a\nb", /control characters/],
    ["/dev/a\0", /control characters/],
  ])("is refused with the reason: %j", (spec, complaint) => {
    const result = parseDeviceSpec(spec);
    expect(result.ok ? "accepted" : result.complaint).toMatch(complaint);
  });

  test("never has a path that leaves its directory", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("UUID=", "LABEL=", "PARTUUID=", "PARTLABEL="),
        fc.string({ unit: "grapheme" }),
        (tag, value) => {
          const result = parseDeviceSpec(tag + value);
          if (result.ok) expect(result.device.path).toMatch(/^\/dev\/disk\/by-[a-z]+\/[^/\p{Cc}]+$/u);
        },
      ),
    );
  });

  test("has an encoding from which its name can be read back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (label) => {
        const decoded = encodeDeviceName(label).replace(/\\x([0-9a-f]{2})/g, (_, hex: string) =>
          String.fromCharCode(Number.parseInt(hex, 16)),
        );
        expect(decoded).toBe(label);
      }),
    );
  });
});
