import type { CodeTable } from "../code-table.ts";

export const compileCodes = {
  U180: {
    title: "a file of the declaration that cannot be read",
    explanation:
      "The declaration names a file that is not there, or is no regular file. A relative path is taken from the directory of the file that names it and stays below that directory; an absolute path is taken from the sysroot. Links that lead out of either are not followed.",
  },
  U182: {
    title: "not a sysroot",
    explanation:
      "The tree given with `--sysroot` (default `/`) has no systemd, so there is nothing to build a systemd stage one from. A sysroot is the tree of an installed or unpacked system: it has `/usr/lib/systemd/systemd` and `/usr/lib/modules`.",
  },
  U183: {
    title: "a program that is not in the sysroot",
    explanation:
      "The stage one starts a program that the sysroot does not have. Install its package into the sysroot; the message says what wants it.",
  },
  U184: {
    title: "a unit that is not in the sysroot",
    explanation:
      "The stage one needs a unit that the sysroot's systemd does not ship. Some distributions put units into packages of their own, such as systemd-cryptsetup.",
  },
  U185: {
    title: "udev rules that are not in the sysroot",
    explanation:
      "The stage one needs udev rules that the sysroot does not have. Rules of the device mapper are in the package dmsetup, those of btrfs in udev.",
  },
  U186: {
    title: "a device that nothing in the image makes",
    explanation:
      "A device is named as the kernel names those of one driver (`/dev/nvme0n1`), and neither is this driver in the image nor is it built into the kernel. The machine would wait for the device until its time-out. Add the driver, or correct the name.",
  },
  U187: {
    title: "a file of the sysroot that may not be read",
    explanation:
      "The build reads the sysroot as the user who started it and never asks for more. Some files, such as host keys, are readable by root only: build as root, or from a tree of your own.",
  },
  U188: {
    title: "a declaration that cannot be read",
    explanation: "A file named on the command line is not there, or may not be read.",
  },
} as const satisfies CodeTable;
