import type { Requirement } from "../../plan/requirement.ts";
import type { DeclaredLink } from "./declared.ts";

const module = (name: string, optional: boolean): Requirement => ({
  is: "module",
  name,
  why: "the network",
  ...(optional ? { optional } : {}),
});

/** What the kernel needs for a link. Kernels have some of these built in. */
export function moduleTakes(declared: DeclaredLink): readonly Requirement[] {
  const { kind, match, dhcp } = declared;
  return [
    // DHCP speaks before there is an address, through sockets of this kind.
    ...(dhcp === false ? [] : [module("af_packet", true)]),
    module("ipv6", true),
    ...(kind === undefined ? [hardware(match?.driver)] : madeBy[kind].map((name) => module(name, false))),
  ];
}

/** A driver's name is mostly that of its module; without one it is a virtual machine's. */
function hardware(driver: string | undefined): Requirement {
  return driver === undefined || /[*?]/.test(driver) ? module("virtio_net", true) : module(driver, true);
}

const madeBy: Readonly<Record<NonNullable<DeclaredLink["kind"]>, readonly string[]>> = {
  vlan: ["8021q"],
  bridge: ["bridge"],
  bond: ["bonding"],
  dummy: ["dummy"],
  wireguard: ["wireguard"],
};
