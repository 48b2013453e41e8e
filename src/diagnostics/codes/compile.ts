import type { CodeTable } from "../code-table.ts";

export const compileCodes = {
  U180: {
    title: "a file of the declaration that cannot be read",
    explanation:
      "The declaration names a file that is not there, or is no regular file. A relative path is taken from the directory of the file that names it and stays below that directory; an absolute path is taken from the sysroot. Links that lead out of either are not followed.",
  },
  U181: {
    title: "options of a module that have no effect",
    explanation:
      'A module of `[modules] options` is not in the image, so nobody gives it the options. Add it (`available = ["kvm_amd"]`), correct its name, or remove the options. When it is built into the kernel, modprobe.d(5) does not reach it: then its options are words of the kernel command line, `kvm_amd.nested=1`.',
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
  U189: {
    title: "an image that the kernel cannot unpack",
    explanation:
      "The kernel's configuration, `config-VERSION` in the sysroot's `/boot`, says which compressions of an initrd it can unpack (`CONFIG_RD_ZSTD` and its like). Of another it would say `invalid magic at start of compressed archive`, and panic. Choose one that it has: `[image] compression`.",
  },
  U190: {
    title: "a user or group of udev rules that the sysroot does not have",
    explanation:
      "A rule gives device nodes to a user or group (`OWNER=`, `GROUP=`) that neither /etc/passwd and /etc/group of the sysroot nor its sysusers.d(5) know. systemd-udevd says so at boot and leaves these nodes to root. Install the package that makes the group, if a program in the initrd needs it.",
  },
  U191: {
    title: "a name in the sysroot that is not UTF-8",
    explanation:
      "A file's name, or the target of a link, is not UTF-8, so that it cannot be written in a declaration, a unit or a report. It is shown with `\\xNN` for such bytes, and passed over as if it were not there. Rename it in the sysroot if the image needs it.",
  },
} as const satisfies CodeTable;
