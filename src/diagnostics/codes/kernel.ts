import type { CodeTable } from "../code-table.ts";

/** What is found while the kernel, its modules, firmware and udev rules are read: U350 to U399. */
export const kernelCodes = {
  U350: {
    title: "The sysroot has no kernel",
    explanation:
      "Neither `/usr/lib/modules` nor `/lib/modules` of the sysroot holds a directory with modules, so there is no kernel " +
      "to make an initrd for.\n\n" +
      "Install a kernel package into the sysroot. It need not be configured: " +
      "`dpkg -x linux-image-….deb SYSROOT` and `depmod --basedir SYSROOT VERSION` are enough.",
  },
  U351: {
    title: "The sysroot does not have the wanted kernel",
    explanation:
      "`[image] kernel` names a directory of `/usr/lib/modules` in the sysroot, and there is none of that name. The hint " +
      "lists those that are there.\n\n" +
      'Write one of them, or leave the key out to get the newest: `kernel = "6.1.0-56-amd64"`.',
  },
  U352: {
    title: "depmod has not been run on the kernel",
    explanation:
      "A kernel's package holds the modules, but which module needs which is found out by depmod(8) when the package is " +
      "configured. A sysroot that was only unpacked has no `modules.dep`.\n\n" +
      "Run `depmod --basedir SYSROOT VERSION`. It reads the modules and runs nothing of the sysroot.",
  },
  U353: {
    title: "modules.dep is damaged",
    explanation:
      "A line of the kernel's `modules.dep` has no colon, or a path with `..`. depmod(8) writes neither, and nothing " +
      "outside the kernel's directory is read.\n\n" +
      "Run `depmod --basedir SYSROOT VERSION` again.",
  },
  U355: {
    title: "The kernel does not have a wanted module",
    explanation:
      "A module is asked for by name or alias, and the kernel has neither a module of that name, nor one that claims the " +
      "alias, nor is it among what is built in (`modules.builtin`). `-` and `_` in names mean the same.\n\n" +
      "Correct the name. If the kernel's configuration has it as `y`, it is built in, perhaps under another name, and " +
      "nothing needs to be loaded. If it is not set at all, another kernel is needed.",
  },
  U356: {
    title: "A module is both denied and wanted",
    explanation:
      "`modules.deny` keeps a module out of the image, and another part of the declaration cannot work without it.\n\n" +
      "Take the module out of `deny`, or remove what wants it.",
  },
  U357: {
    title: "A denied module is needed by another",
    explanation:
      "To deny a module stops the kernel from loading it for a device it claims. It does not stop another module that is " +
      "linked against it: modprobe(8) loads the denied one first. So it is in the image after all.\n\n" +
      "Deny the module that needs it, too, or accept that it is loaded.",
  },
  U360: {
    title: "A module's file is missing",
    explanation:
      "`modules.dep` lists a module whose file is not in the kernel's directory: it was removed after depmod(8) ran.\n\n" +
      "Install the kernel's package again, or run `depmod --basedir SYSROOT VERSION`.",
  },
  U361: {
    title: "The program that unpacks modules is not installed",
    explanation:
      "The kernel's modules are compressed. They go into the image uncompressed (the image is compressed as a whole, " +
      "which is smaller and faster), and unpacking them takes a program of the build machine: xz or zstd.\n\n" +
      "Install it: `apt install xz-utils` or `apt install zstd`.",
  },
  U362: {
    title: "A module's file is damaged",
    explanation:
      "A compressed module cannot be unpacked: the file was cut short or changed.\n\nInstall the kernel's package again.",
  },
  U365: {
    title: "A module has no such parameter",
    explanation:
      "`[modules] options` gives a module a parameter that it does not have (its `.modinfo` lists them, modinfo(8) prints " +
      "them). The kernel would log `unknown parameter` and load the module without.\n\n" +
      'Correct the name: `options.kvm_amd = ["nested=1"]`.',
  },
  U366: {
    title: "Wanted firmware is not in the sysroot",
    explanation:
      "A declared firmware file is not below `/usr/lib/firmware` of the sysroot, neither as it is nor with `.xz` or " +
      "`.zst`, nor in `updates` or a directory of the kernel's version. Firmware that only modules name is not an error " +
      "when it is missing (U865): they name files for every device they know.\n\n" +
      "Install the package that holds it into the sysroot.",
  },
  U370: {
    title: "A udev rules file is not in the sysroot",
    explanation:
      "The image needs a file of `/usr/lib/udev/rules.d` that the sysroot does not have. Files of `/etc/udev/rules.d` " +
      "belong to the real system and are taken only when they are declared as files.\n\n" +
      "Install the package that ships it (`dmsetup` for `55-dm.rules`, `lvm2` for `69-lvm.rules`, `mdadm` for " +
      "`64-md-raid-assembly.rules`).",
  },
  U371: {
    title: "A udev rule cannot be read",
    explanation:
      "A line of a rules file is not what udev(7) describes: a value without quotes, an unknown operator, an unknown " +
      "escape. systemd-udevd logs that and ignores the rule.\n\n" +
      "Correct the file in the sysroot.",
  },
  U372: {
    title: "A udev rule calls a program that is not there",
    explanation:
      "A rule runs a program (`RUN`, `PROGRAM`, `IMPORT{program}`) that the sysroot does not have; names without a " +
      "directory are looked for in `/usr/lib/udev` only. The rule then fails, which matters only for the devices that it " +
      "is about.\n\n" +
      "Install the package that holds the program if the machine has such devices.",
  },
} as const satisfies CodeTable;
