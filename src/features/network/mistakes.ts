import type { Input } from "../feature.ts";
import { anyLink, type DeclaredLink, type DeclaredNetwork } from "./declared.ts";

type Row = readonly [isMistake: boolean, key: string | undefined, message: string, hint: string];

interface LinkMistake {
  readonly key: string | undefined;
  readonly message: string;
  readonly hint: string;
}

/** Whether the keys of every link go together, and the links with each other. Reports U880. */
export function areSound(value: DeclaredNetwork, input: Input): boolean {
  const sound = Object.keys(value.links).map((name) => {
    const found = mistakesOf(name, value);
    for (const { key, message, hint } of found) {
      input.report({
        code: "U880",
        severity: "error",
        message: `${input.originOf("links", name).path}: ${message}`,
        hint,
        at: [key === undefined ? input.originOf("links", name) : input.originOf("links", name, key)],
      });
    }
    return found.length === 0;
  });
  return sound.every(Boolean);
}

/** What does not go together in one link, or with the others. */
export function mistakesOf(name: string, value: DeclaredNetwork): readonly LinkMistake[] {
  const declared = value.links[name];
  if (declared === undefined) return [];
  return [...keysOf(name, declared), ...othersOf(declared, value)]
    .filter(([isMistake]) => isMistake)
    .map(([, key, message, hint]) => ({ key, message, hint }));
}

function keysOf(name: string, declared: DeclaredLink): readonly Row[] {
  const { kind, match } = declared;
  const only = (key: keyof DeclaredLink, wanted: NonNullable<DeclaredLink["kind"]>): Row => [
    declared[key] !== undefined && kind !== wanted,
    key,
    `\`${key}\` is for a link with kind = "${wanted}"`,
    `add kind = "${wanted}", or take it out`,
  ];
  const isDynamic = declared.dhcp !== false || declared["ipv6-accept-ra"] === true;
  return [
    only("vlan", "vlan"),
    only("bond-options", "bond"),
    only("bridge-options", "bridge"),
    only("wireguard", "wireguard"),
    [
      kind === "vlan" && declared.vlan === undefined,
      "kind",
      "a VLAN needs its number",
      'vlan = { id = 5, link = "…" }',
    ],
    [
      kind === "wireguard" && declared.wireguard === undefined,
      "kind",
      "WireGuard needs a key",
      'wireguard = { private-key-file = "…" }',
    ],
    [
      match !== undefined && (kind !== undefined || name === anyLink),
      "match",
      "`match` finds the hardware of one link",
      "take it out",
    ],
    [
      match !== undefined && Object.keys(match).length === 0,
      "match",
      "`match` says nothing",
      "add a mac-address, or take it out",
    ],
    [name === anyLink && kind !== undefined, "kind", "what is made here has a name", "name the table after it"],
    [
      name === anyLink && (declared.address.length > 0 || declared["mac-address"] !== undefined),
      declared.address.length > 0 ? "address" : "mac-address",
      "every link would get the same address",
      "name the link",
    ],
    [
      declared.bridge !== undefined && declared.bond !== undefined,
      "bond",
      "a link is a part of one other only",
      "take `bridge` or `bond` out",
    ],
    [
      (declared.bridge ?? declared.bond) !== undefined && (isDynamic || declared.address.length > 0),
      declared.bridge === undefined ? "bond" : "bridge",
      "a part of a bond or bridge has no address of its own",
      "give the address to the bond or bridge",
    ],
    [
      declared.nofail && !declared["required-for-boot"],
      "nofail",
      "without `required-for-boot` the boot goes on anyway",
      "take `nofail` out",
    ],
    [
      declared.routes.some((route) => route.destination === undefined && route.gateway === undefined),
      "routes",
      "a route has a destination, a gateway, or both",
      "say where it leads",
    ],
  ];
}

function othersOf(declared: DeclaredLink, { links }: DeclaredNetwork): readonly Row[] {
  const kindOf = (name: string | undefined): string | undefined => (name === undefined ? undefined : links[name]?.kind);
  const part = (key: "bridge" | "bond"): Row => [
    declared[key] !== undefined && kindOf(declared[key]) !== key,
    key,
    `no link ${declared[key] ?? ""} with kind = "${key}" is declared`,
    `declare network.links.${declared[key] ?? ""}`,
  ];
  const under = declared.vlan?.link;
  return [
    part("bridge"),
    part("bond"),
    [
      under !== undefined && links[under] === undefined,
      "vlan",
      `the link ${under ?? ""} below it is not declared`,
      `declare network.links.${under ?? ""}`,
    ],
  ];
}
