import type { CodeTable } from "../code-table.ts";

export const networkCodes = {
  U880: {
    title: "keys of a link that do not go together",
    explanation:
      'For example `vlan` for a link without `kind = "vlan"`, an address for a part of a bridge, or a bridge that is not declared. The message names the key and the hint what to do.',
  },
  U884: {
    title: "a file that holds no key of WireGuard",
    explanation:
      "A key of WireGuard is a line of 44 characters, as `wg genkey` and `wg genpsk` print it. The file has that and nothing else.",
  },
  U885: {
    title: "a setting of an imported file that is not taken",
    explanation:
      "What files of systemd-networkd or NetworkManager say is taken as keys of `[network.links]`, as far as there are such keys. This setting has none, has a value that the key cannot have, or belongs to a link that is left out as a whole, because half of it would be another link. If the initrd can do without it, nothing is to be done. Otherwise declare the link: a table goes before what files say.",
  },
  U886: {
    title: "nothing to import",
    explanation:
      "`network.import` names a directory of the sysroot that has no files. NetworkManager keeps its files in `/etc/NetworkManager/system-connections`, networkd in `/etc/systemd/network`.",
  },
  U887: {
    title: "a network that is needed after the hand-over",
    explanation:
      'With `hand-over = "flush"` addresses and links are gone when the real system starts, and with them a root or a disk that lies on another machine. Such a network is always kept.',
  },
} as const satisfies CodeTable;
