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
} as const satisfies CodeTable;
