import type { CodeTable } from "../code-table.ts";

/** What booting an image finds: U600 to U649. */
export const vmCodes = {
  U600: {
    title: "QEMU is not installed",
    explanation:
      "`unitrd boot` and boot tests run the image in QEMU, which was not found in `PATH`.\n\nOn Debian: `apt install qemu-system-x86`. For another QEMU, give its path.",
  },
  U601: {
    title: "setpriv is not installed",
    explanation:
      "QEMU is started through setpriv(1), which has the kernel end it when unitrd dies, however it dies: no machine is left running in the background.\n\nOn Debian: `apt install util-linux`.",
  },
  U602: {
    title: "there is no busybox for the observer",
    explanation:
      "A boot is observed by a script in an archive that is appended to the image. It brings a shell of its own, a static busybox of this machine, so that it neither needs nor changes anything of the image.\n\nOn Debian: `apt install busybox-static`. For another, give its path.",
  },
  U603: {
    title: "the busybox for the observer is not static",
    explanation:
      "The busybox that was found needs shared libraries, and the image that is observed need not have them.\n\nOn Debian install `busybox-static` (it replaces `busybox`), or give the path of a static one.",
  },
  U604: {
    title: "a file of the machine cannot be read",
    explanation:
      "The kernel, the image or a disk of the machine does not exist, is a directory, or may not be read. Nothing was started. The message names it and says why; correct the path.",
  },
  U605: {
    title: "the guest's journal is not read",
    explanation:
      "The time line of a boot comes from the guest's journal, which journalctl(1) of this machine reads. It is not installed, so there is no time line; how the boot ended is known all the same.\n\nOn Debian: `apt install systemd`.",
  },
  U606: {
    title: "the guest's journal is damaged",
    explanation:
      "The guest sent a journal that cannot be unpacked, or that journalctl(1) does not take, perhaps because the guest died while it wrote, or its systemd is much newer than this machine's. The time line is missing or ends early; how the boot ended is known all the same.",
  },
  U607: {
    title: "a text to answer never appeared",
    explanation:
      "Something was to be typed when a text appears on the console, and it never did. Rules are followed in order, each looking only behind what the one before it matched; white space does not count. The console's text shows what was there instead: compare the words with the rule's `when`.",
  },
  U608: {
    title: "a report of the guest is cut off",
    explanation:
      "The guest began to report and did not finish: it died, was stopped by the time limit, or the port was taken from it. What came is not used. If the time limit was short, raise it.",
  },
  U609: {
    title: "how the boot ended is a guess",
    explanation:
      "The guest did not report, so its console was read for well-known sentences. That is so for an image whose PID 1 is not systemd, where the observer's units mean nothing; and for one without `emergency.target` or `initrd-switch-root.target`.\n\nLook at the console yourself before you rely on it.",
  },
} as const satisfies CodeTable;
