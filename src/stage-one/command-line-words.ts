import { networkWords } from "./network-words.ts";
import type { ScriptedWords, WordGroup } from "./word-group.ts";

/** Values of root= for which systemd-fstab-generator makes no mount, so that the declared one stays. */
export const unfollowedRoots = ["gpt-auto", "gpt-auto-force", "fstab", "nfs", "/dev/nfs"] as const;

const scriptedUsr: ScriptedWords = {
  effect: "refused",
  meaning: "`/usr` is mounted as declared.",
  refusal: {
    name: "usr-words",
    text: "mount.usr= is not followed by the scripted stage one: /usr is mounted as declared",
  },
};

/** Every word that could change what a declaration says. Each wins wholly or is refused aloud, never half. */
export const commandLineWords: readonly WordGroup[] = [
  {
    words: ["root="],
    effect: "wins",
    meaning:
      'Replaces `filesystems."/"` as a whole: device, type and options then come from `root=`, `rootfstype=`, `rootflags=`, `ro` and `rw`, as systemd-fstab-generator(8) reads them. What the declaration says of it otherwise (LUKS, modules, other mounts) stays. When the declared device or options are given up by it, the console says so.',
  },
  {
    words: ["rootfstype=", "rootflags=", "ro", "rw"],
    effect: "wins",
    meaning: "Beside `root=` they win with it. Alone they are refused: half of a declared mount would be replaced.",
    refusal: {
      name: "root-words",
      text: 'rootflags=, rootfstype=, ro and rw count only beside root=; without it filesystems."/" is mounted as declared',
      unless: ["root"],
    },
  },
  {
    words: unfollowedRoots.map((value) => `root=${value}`),
    effect: "refused",
    meaning:
      'These ask for a search or a network that this image does not have; `filesystems."/"` is mounted as declared.',
    refusal: {
      name: "root-kinds",
      text: 'root=gpt-auto, root=fstab and root=nfs are not followed; filesystems."/" is mounted as declared',
    },
  },
  { words: ["init="], effect: "wins", meaning: "The program that the real system starts with." },
  {
    words: [
      "luks",
      "luks.crypttab",
      "luks.uuid",
      "luks.name",
      "luks.key",
      "luks.options",
      "luks.data",
      "luks.header",
      "rd.luks",
      "rd.luks.crypttab",
      "rd.luks.uuid",
      "rd.luks.name",
      "rd.luks.key",
      "rd.luks.options",
      "rd.luks.data",
      "rd.luks.header",
      "cryptdevice",
      "cryptopts",
    ],
    effect: "refused",
    meaning: "Encrypted devices are those of `[luks]`. A second unit for the same disk would map it twice.",
    refusal: {
      name: "luks",
      text: "luks.*, rd.luks.* and cryptdevice= are not followed here: this image opens the encrypted devices of its declaration, each once",
    },
  },
  {
    words: ["rd.break"],
    effect: "refused",
    meaning:
      "The word of other initrds that stops at a shell. Use `rd.systemd.unit=emergency.target` with `emergency-access`.",
    refusal: {
      name: "break",
      text: "rd.break is not followed; rd.systemd.unit=emergency.target with stage-one.emergency-access stops at a shell",
    },
    scripted: {
      effect: "wins",
      meaning:
        "Stops at a shell before the hand-over, or before the step that it names: `rd.break=mount:/`. Refused without `emergency-access`.",
      refusal: {
        name: "break",
        text: "rd.break is refused: the image was built without stage-one.emergency-access",
      },
      onlyWith: "emergency-access",
    },
  },
  {
    words: ["rd.shell", "break"],
    effect: "refused",
    meaning: "Words of other initrds that open a shell. `emergency-access` says whether there is one.",
    refusal: {
      name: "other-shells",
      text: "rd.shell and break are not followed: stage-one.emergency-access says whether a boot that failed opens a shell",
    },
  },
  {
    words: ["resume"],
    effect: "refused",
    meaning:
      "Without `[hibernation]` the machine starts afresh. With it the word wins: with `resume_offset=` it replaces `hibernation.resume` and `hibernation.offset` together, with systemd as systemd-hibernate-resume-generator(8) reads them.",
    refusal: {
      name: "resume",
      text: "resume= is not followed: this image does not resume from hibernation and starts afresh",
    },
  },
  ...networkWords,
  {
    words: ["resume_offset"],
    effect: "refused",
    meaning: "Counts only beside `resume=`.",
    refusal: { name: "resume-offset", text: "resume_offset= counts only beside resume=", unless: ["resume"] },
  },
  {
    words: ["noresume"],
    effect: "wins",
    meaning: "The machine starts afresh. What was suspended to disk is lost when its swap is used.",
  },
  {
    words: ["nfsroot"],
    effect: "refused",
    meaning: 'The root is that of `filesystems."/"`.',
    refusal: { name: "nfsroot", text: 'nfsroot= is not followed; filesystems."/" is mounted as declared' },
  },
  {
    words: ["mount.usr"],
    effect: "wins",
    meaning:
      'Replaces `filesystems."/usr"` with `mount.usrfstype=` and `mount.usrflags=`, as systemd-fstab-generator(8) reads them.',
    scripted: scriptedUsr,
  },
  {
    words: ["mount.usrfstype", "mount.usrflags"],
    effect: "wins",
    meaning: "Beside `mount.usr=` or `root=` they win with it. Alone they are refused, as nothing would follow them.",
    refusal: {
      name: "usr-words",
      text: "mount.usrfstype= and mount.usrflags= count only beside mount.usr= or root=",
      unless: ["mount.usr", "root"],
    },
    scripted: scriptedUsr,
  },
  {
    words: ["roothash", "usrhash", "systemd.verity_root_data", "systemd.verity_root_hash"],
    effect: "refused",
    meaning:
      "`roothash=` wins where `[verity.root]` leaves its `root-hash` to it, and so does `usrhash=` for `[verity.usr]`. Otherwise systemd-fstab-generator(8) takes them for the mapping of a root or /usr that nothing here opens, so the boot fails, and the console says why. `root=` beside them wins.",
    refusal: {
      name: "verity",
      text: "roothash= and usrhash= count only where a table of [verity] leaves its root hash to them: without that or root= the boot will fail",
    },
    scripted: {
      effect: "refused",
      meaning: "They win as they do with systemd. Otherwise the root is mounted as declared.",
      refusal: {
        name: "verity",
        text: "roothash= and usrhash= count only where a table of [verity] leaves its root hash to them: the root is mounted as declared",
      },
    },
  },
  {
    words: ["vconsole.keymap", "vconsole.font", "rd.vconsole.keymap", "rd.vconsole.font"],
    effect: "refused",
    meaning: "Keymap and font of the initrd are those of `[console]`. The real system follows these words.",
    refusal: {
      name: "vconsole",
      text: "vconsole.* is not followed before the real system starts: keymap and font are those of [console]",
    },
  },
  {
    words: ["rd.systemd.mask", "rd.systemd.wants", "rd.systemd.break", "rd.systemd.default_debug_tty"],
    effect: "refused",
    meaning:
      "Read by systemd-debug-generator(8), which is in the image when `stage-one.command-line-shell = true`; they win then.",
    refusal: {
      name: "debug-words",
      text: "rd.systemd.mask=, rd.systemd.wants= and rd.systemd.break= are refused: the image was built with stage-one.command-line-shell = false",
    },
    scripted: {
      effect: "refused",
      meaning: "They are about units, which the script has none of.",
      refusal: {
        name: "debug-words",
        text: "rd.systemd.mask=, rd.systemd.wants= and rd.systemd.break= are not followed: the scripted stage one has no units",
      },
    },
  },
  {
    words: ["rd.overlay", "rd.overlayfs", "rd.live.image", "rd.live.dir", "rd.live.ram", "rd.live.overlay"],
    effect: "refused",
    meaning: "Words of other initrds for live systems. Overlays and images are those of `[filesystems]`.",
    refusal: {
      name: "overlay",
      text: "rd.overlay and rd.live.* are not followed: overlays and images are those of the declaration",
    },
  },
  {
    words: [
      "rd.auto",
      "rd.md",
      "rd.md.conf",
      "rd.md.uuid",
      "rd.lvm",
      "rd.lvm.conf",
      "rd.lvm.vg",
      "rd.lvm.lv",
      "rd.dm",
      "rd.dm.uuid",
    ],
    effect: "refused",
    meaning: "Arrays are those of `[raid]`, volumes those of `[lvm]`; others are not touched.",
    refusal: {
      name: "storage",
      text: "rd.auto, rd.md.*, rd.lvm.* and rd.dm are not followed: this image opens the storage of its declaration",
    },
  },
  {
    words: ["rd.systemd.debug_shell", "rd.systemd.debug-shell"],
    effect: "refused",
    meaning: "A shell without a password. It wins when `stage-one.command-line-shell = true`.",
    refusal: {
      name: "debug-shell",
      text: "rd.systemd.debug_shell is refused: the image was built with stage-one.command-line-shell = false",
    },
    scripted: {
      effect: "refused",
      meaning: "The script has no second shell beside it. `rd.break` stops at one.",
      refusal: {
        name: "debug-shell",
        text: "rd.systemd.debug_shell is refused: the scripted stage one has no shell beside it",
      },
    },
  },
  {
    words: ["rd.systemd.unit=", "rd.emergency", "rd.rescue"],
    effect: "systemd",
    meaning:
      "Another goal than `initrd.target`, read by systemd(1). Emergency and rescue mode are those of `stage-one.emergency-access`.",
    scripted: {
      effect: "refused",
      meaning: "They are goals of systemd. `rd.break` stops at a shell.",
      refusal: {
        name: "goal",
        text: "rd.systemd.unit=, rd.emergency and rd.rescue are not followed by the scripted stage one; rd.break with stage-one.emergency-access stops at a shell",
      },
    },
  },
  {
    words: [
      "systemd.unit=",
      "systemd.mask=",
      "systemd.wants=",
      "systemd.debug_shell",
      "emergency",
      "rescue",
      "single",
      "s",
      "1",
    ],
    effect: "systemd",
    meaning: "For the real system. The initrd passes them over, as systemd(1) says.",
  },
  {
    words: ["fstab=", "rd.fstab="],
    effect: "systemd",
    meaning:
      "With `no`, what the real system's fstab(5) marks `x-initrd.mount` is not mounted. What is declared is mounted all the same.",
  },
  {
    words: ["rd.systemd.mount-extra=", "systemd.mount-extra=", "rd.systemd.swap-extra=", "systemd.swap-extra="],
    effect: "systemd",
    meaning:
      "Further mounts, since systemd 254. At the place of a declared mount other than `/` and `/usr` the declared one stays.",
    scripted: {
      effect: "refused",
      meaning: "What is mounted before the hand-over stands in `[filesystems]`.",
      refusal: {
        name: "extra-mounts",
        text: "systemd.mount-extra= and systemd.swap-extra= are not followed before the real system starts: the scripted stage one mounts what is declared",
      },
    },
  },
  {
    words: ["systemd.volatile="],
    effect: "systemd",
    meaning:
      'An overlay or tmpfs over the root, systemd-volatile-root.service(8). Wins over the `volatile` of `filesystems."/"`, but for the tmpfs on `/var` of `volatile = "state"`, which stays. Where no overlay is declared, `overlay` needs the module overlay in `modules.available`; without it the boot fails.',
    scripted: {
      effect: "wins",
      meaning:
        'Replaces the `volatile` of `filesystems."/"`: `yes`, `no`, `state` or `overlay`. Refused where `yes` and `overlay` are not declared.',
      refusal: {
        name: "volatile",
        text: 'systemd.volatile= is not followed by the scripted stage one where filesystems."/" declares no volatile',
      },
      onlyWith: "volatile",
    },
  },
  {
    words: ["systemd.gpt_auto=", "rd.systemd.gpt_auto="],
    effect: "systemd",
    meaning: "Change nothing before the real system starts: no image has systemd-gpt-auto-generator(8).",
  },
  {
    words: ["fsck.mode=", "fsck.repair="],
    effect: "systemd",
    meaning: "Win over `fsck` of a file system that is checked: systemd-fsck(8) reads them. `fsck = false` stays.",
    scripted: { effect: "wins", meaning: "Win over `fsck` of a file system that is checked, as systemd-fsck(8) says." },
  },
  {
    words: ["modules_load=", "rd.modules_load=", "modprobe.blacklist=", "module_blacklist="],
    effect: "systemd",
    meaning: "Win. A module that is not in the image cannot be loaded, which the journal says.",
    scripted: {
      effect: "wins",
      meaning:
        "Modules that are loaded or passed over as if `[modules]` said so. One that is not in the image cannot be.",
    },
  },
  {
    words: ["systemd.hostname=", "systemd.machine_id="],
    effect: "systemd",
    meaning: "Win over `image.hostname`, as hostname(5) says.",
  },
  {
    words: ["systemd.default_device_timeout_sec=", "systemd.default_timeout_start_sec="],
    effect: "systemd",
    meaning:
      "Win for units without a time-out of their own, since systemd 254. Declared devices have their own, from `device-timeout`.",
  },
  {
    words: [
      "udev.log_level=",
      "udev.children_max=",
      "udev.event_timeout=",
      "udev.blockdev_read_only",
      "rd.udev.log_level=",
      "rd.udev.children_max=",
      "rd.udev.event_timeout=",
      "rd.udev.blockdev_read_only",
      "systemd.journald.forward_to_console=",
      "systemd.log_level=",
      "systemd.log_target=",
      "systemd.show_status=",
      "debug",
      "quiet",
    ],
    effect: "systemd",
    meaning:
      "How much is said, and how udev works. Read by systemd(1), systemd-udevd(8) and systemd-journald(8) themselves.",
  },
  {
    words: ["systemd.setenv=", "systemd.set_credential=", "systemd.import_credentials="],
    effect: "systemd",
    meaning:
      "The environment and credentials of systemd. `SYSTEMD_SULOGIN_FORCE` opens no shell here. The credential `fstab.extra` adds mounts since systemd 254, as `rd.systemd.mount-extra=` does; those that add units, accounts or udev rules are read by programs that are not in the image.",
  },
  {
    words: ["systemd.crash_shell", "systemd.confirm_spawn"],
    effect: "systemd",
    meaning:
      "A shell when systemd itself crashes, if the image has one, and a question before each unit. systemd(1) reads them itself, so they cannot be refused.",
  },
  {
    words: ["rootwait", "rootdelay=", "rdinit="],
    effect: "systemd",
    meaning:
      "Read by the kernel. With an initrd the first two do nothing: `device-timeout` says how long to wait. `rdinit=` starts another program of the image in place of systemd. Whoever may write the kernel command line can run what the image and the real system (`init=`) hold: only a boot loader that is locked keeps them out.",
  },
];
