import type { CodeTable } from "../code-table.ts";

export const storageCodes = {
  U800: {
    title: "An mdadm.conf has no line for an array",
    explanation: `\`raid.NAME.config\` names a file of the form of mdadm.conf(5), from which the line \`ARRAY\` of this array is taken: of \`/dev/md/NAME\`, or for \`[raid.md0]\` of \`/dev/md0\`. The line must say which devices are the array's own: \`UUID=\`, \`name=\`, \`super-minor=\` or \`devices=\`, without quotes. \`mdadm --detail --scan\` prints such lines.

Everything else in the file is left out: which arrays start, and how, is for the declaration to say.`,
  },
  U801: {
    title: "Keys of an array do not go together",
    explanation: `An array is known by its \`uuid\`, by the \`name\` in its metadata, by a line of a \`config\`, or by all of its \`devices\`. \`degraded-after\` belongs to \`degraded\`, which levels 0 and linear cannot follow.`,
  },
  U805: {
    title: "Keys of a volume group do not go together",
    explanation: `\`[lvm.GROUP]\` activates the volumes that it names and no others: linear, striped and other plain ones in \`volumes\`, those of a thin pool in \`thin\`. Each stands in one of the two lists.`,
  },
  U811: {
    title: "An array, a volume group or a pool of a scenario cannot be made so",
    explanation: `What spans several disks in a boot test stands beside them under a name, and \`{ type = "member", of = "NAME" }\` are its parts: on disks, in partitions, inside LUKS, in other arrays and volumes. There must be enough of them, an even number for level 10, and none may lie inside of what it is a part of. Thin volumes need a \`thin-pool\`.`,
  },
  U812: {
    title: "What the initrd opens is not closed at power-off",
    explanation: `When a machine goes off, the root lies on its arrays, volumes and encrypted devices until it is unmounted. systemd-shutdown(8) then goes back to what the initrd left in \`/run/initramfs\`, to close them. The sysroot has no \`/usr/lib/systemd/systemd-shutdown\`, so nobody would go there. The kernel itself marks arrays clean when the machine goes off.`,
  },
} as const satisfies CodeTable;
