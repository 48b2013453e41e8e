import fc from "fast-check";
import { isIP } from "node:net";
import { describe, expect, it } from "vitest";
import { parseIpAddress } from "./ip-address.ts";

describe("parseIpAddress", () => {
  it.each([
    ["192.0.2.1", { family: 4, text: "192.0.2.1" }],
    ["192.0.2.1/24", { family: 4, text: "192.0.2.1", prefix: 24 }],
    ["2001:db8::1/64", { family: 6, text: "2001:db8::1", prefix: 64 }],
    ["::/0", { family: 6, text: "::", prefix: 0 }],
  ])("reads %s", (text, address) => {
    expect(parseIpAddress(text)).toEqual(address);
  });

  it.each([
    "",
    "192.0.2",
    "192.0.2.256",
    "192.0.2.01",
    "192.0.2.1/33",
    "::1/129",
    "1::2::3",
    "fe80::1%eth0",
    "eth0",
    "/8",
  ])("refuses %j", (text) => {
    expect(parseIpAddress(text)).toBeUndefined();
  });

  it("agrees with Node about what an address is", () => {
    const text = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{0,20}$/));
    fc.assert(
      fc.property(text, (address) => {
        expect(parseIpAddress(address)?.family ?? 0).toBe(isIP(address));
      }),
    );
  });
});
