import type { WordGroup } from "./word-group.ts";

/** The words about the network: a part of the table in command-line-words.ts. */
export const networkWords: readonly WordGroup[] = [
  {
    words: ["ip", "rd.neednet"],
    effect: "wins",
    meaning:
      "`ip=` replaces all of `[network.links]`, as systemd-network-generator(8) reads it, with the words of the next two lines; names that links are given stay. `rd.neednet=1` makes the boot wait for some link. Refused where no link is declared, as the image then has no network.",
    refusal: { name: "network", text: "ip= and rd.neednet are not followed: this image has no network" },
    onlyWith: "network",
    scripted: {
      effect: "wins",
      meaning:
        "`ip=` (IPv4: `dhcp`, `on`, `any`, `LINK:dhcp`, or an address with its mask, as the kernel's documentation of nfsroot has it) replaces all of `[network.links]`. Refused where no link is declared, and, as a whole, when it asks for more.",
      refusal: { name: "network", text: "ip= and rd.neednet are not followed: this image has no network" },
      onlyWith: "network",
    },
  },
  {
    words: ["nameserver"],
    effect: "wins",
    meaning: "Beside `ip=` it wins with it. Alone it is refused: half of a declared link would be replaced.",
    refusal: {
      name: "nameserver",
      text: "nameserver= counts only beside ip=; without it the links are those of the declaration",
      unless: ["ip"],
    },
  },
  {
    words: ["rd.route", "rd.peerdns", "vlan", "bond", "bridge", "ifname"],
    effect: "wins",
    meaning: "Beside `ip=` they win with it. Alone they are refused: half of a declared link would be replaced.",
    refusal: {
      name: "links",
      text: "rd.route=, rd.peerdns=, vlan=, bond=, bridge= and ifname= count only beside ip=; without it the links are those of the declaration",
      unless: ["ip"],
    },
    scripted: {
      effect: "refused",
      meaning: "Links are made as declared. Beside one of these `ip=` is refused too, as it would be followed by half.",
      refusal: {
        name: "links",
        text: "rd.route=, rd.peerdns=, vlan=, bond=, bridge= and ifname= are not followed, and neither is ip= beside them: the links are those of the declaration",
      },
    },
  },
];
