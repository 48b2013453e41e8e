import type { CodeTable } from "../code-table.ts";

export const storageCodes = {
  U811: {
    title: "An array, a volume group or a pool of a scenario cannot be made so",
    explanation: `What spans several disks in a boot test stands beside them under a name, and \`{ type = "member", of = "NAME" }\` are its parts: on disks, in partitions, inside LUKS, in other arrays and volumes. There must be enough of them, an even number for level 10, and none may lie inside of what it is a part of. Thin volumes need a \`thin-pool\`.`,
  },
} as const satisfies CodeTable;
