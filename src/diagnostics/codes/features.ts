import type { CodeTable } from "../code-table.ts";

export const featuresCodes = {
  U102: {
    title: "a shell that would never be seen",
    explanation:
      "`panic-on-fail` reboots ten seconds after a failure, so a shell that `emergency-access` opens would be closed before anybody could use it. Keep one of the two.",
  },
  U110: {
    title: "a module both wanted and denied",
    explanation:
      "A module stands in `modules.available` or `modules.load`, and in `modules.deny` too. Denying only stops loading by alias, so the machine would do half of each. Take it out of one list.",
  },
  U120: {
    title: "a file without content, or with two",
    explanation:
      "A declared file is made from exactly one of `source` (a file), `text` (the content) and `link` (a symbolic link's target).",
  },
  U121: {
    title: "a secret that others can read",
    explanation: "A file with `secret = true` must not be readable by group or others: use mode 0600 or 0400.",
  },
  U122: {
    title: "a link with a mode",
    explanation:
      "Symbolic links have no permissions of their own on Linux, and their target is no secret. Take `mode` and `secret` out.",
  },
  U123: {
    title: "a hook at no point of the boot",
    explanation:
      'A list of scripts in `[hooks]` stands at one of the classic points: `pre-device`, `post-device`, `pre-mount`, `post-mount`, `pre-switch-root`, `on-failure`. Any other name is that of a hook with a place in the plan, which is a table:\n\n```toml\n[hooks.wipe]\nsource = "hooks/wipe.sh"\nbefore = ["mount:/"]\n```',
  },
  U124: {
    title: "a hook that is no script",
    explanation:
      "A hook is a text that begins with `#!` and its interpreter, or is meant for `sh`. A compiled program needs its libraries too: put it into the sysroot, name it in `programs`, and call it from a script.",
  },
  U125: {
    title: "a hook without a place",
    explanation:
      'A `[hooks.NAME]` says `before` or `after` which steps it runs: without that it would run at a moment that luck decides. `unitrd graph` shows the steps.\n\n```toml\n[hooks.token]\nsource = "hooks/token.sh"\nbefore = ["luks:root"]\n```',
  },
  U126: {
    title: "a hook that makes no device",
    explanation:
      "`makes` lists devices, by their paths below /dev, that are there once the hook has ended, so that other parts of the declaration can lie on them.",
  },
  U130: {
    title: "unclear what becomes of a unit",
    explanation:
      "A declared unit is written (`text` or `source`), taken from the sysroot (`shipped = true`), left out (`leave-out = true`), or changed by a `drop-in`; the first four exclude each other.",
  },
  U131: {
    title: "a unit without an assignment",
    explanation:
      "The text of a unit or drop-in has no `KEY=VALUE` line below a section such as `[Service]`. systemd would ignore it without a word, so it is an error here.",
  },
  U132: {
    title: "an [Install] section in a unit",
    explanation:
      "An initrd has no `systemctl enable`, so nothing follows `WantedBy=` and the like in an `[Install]` section. Say in `wanted-by` or `required-by` of the declared unit what pulls it in.",
  },
  U133: {
    title: "a unit that is not in the image",
    explanation:
      "A `drop-in` changes, or `wanted-by` and `required-by` name, a unit that the image does not hold, so it would have no effect. Correct the name, or take the unit from the sysroot with `shipped = true`.",
  },
  U140: {
    title: "no root",
    explanation:
      'The declaration has no `[filesystems."/"]`, so the initrd would have nothing to hand over to. Declare the root, even where `root=` on the kernel command line may replace it:\n\n```toml\n[filesystems."/"]\ndevice = "UUID=…"\ntype = "ext4"\n```',
  },
  U141: {
    title: "keys of a file system that do not go together",
    explanation:
      "For example `tmpfs` with a `device`, `bind` without a `source`, `fsck = true` for a type without a checker, or a root with `nofail`. The message names the key and the hint what to do.",
  },
  U142: {
    title: "ways to unlock a file system that do not go together",
    explanation:
      'The `encryption` of a bcachefs or ZFS file system names a key file that is not declared, leaves one unused, or has a key of the wrong size. The kernel takes 32 bytes as the key of a bcachefs, which are not the pass phrase: after `bcachefs unlock` on a running machine, `keyctl pipe %user:bcachefs:UUID` prints them.\n\n```toml\n[filesystems."/".encryption]\nkey-file = "keys/root.key"\n```',
  },
  U150: {
    title: "ways to unlock that do not go together",
    explanation:
      "`unlock` lists the ways to unlock a LUKS device in order. A `key-file` that is declared must be used, and one that is used must be declared. A pass phrase is asked for until it fits, so it comes last. A key on a device is either a file (`type` and `path`) or bytes of the device (neither).",
  },
  U820: {
    title: "a verified device without a root hash",
    explanation:
      "dm-verity compares every block with hashes, and those with one root hash, which has to come from where nobody can change it: `root-hash` in the declaration, or `roothash=` on the kernel command line for `[verity.root]` and `usrhash=` for `[verity.usr]`.",
  },
  U821: {
    title: "tags with a key, and no key",
    explanation:
      "`hmac-…` in `[integrity.NAME]` makes tags with a key, which `key-file` names; checksums such as `crc32c` have none.",
  },
  U822: {
    title: "a check of what can only be read",
    explanation:
      "A device of `[verity]` is read-only, and the checkers of file systems end with an error on such a device. Its blocks are verified anyway: set `fsck = false` for the file system on it.",
  },
  U823: {
    title: "several devices that ask for a pass phrase",
    explanation:
      "systemd-cryptsetup asks for all devices at the same time and tries what is typed for the first on the others, once. When that was wrong, each asks again for itself: with two devices of one pass phrase, a typing error costs three typings. The scripted stage one asks for one after the other and tries the right one on the next.",
  },
  U824: {
    title: "a secret that is not declared",
    explanation:
      'What `key-file = { secret = "NAME" }` names stands in `[secrets.NAME]`, with the file, the program or the encrypted credential that the key comes from.',
  },
  U151: {
    title: "one encrypted device opened twice",
    explanation:
      "Two tables of `[luks]` name the same device. Two mappings of one disk know nothing of each other's writes and destroy what is on it. Keep one of them.",
  },
  U160: {
    title: "a keymap or font that is not there",
    explanation:
      "The sysroot has no keymap or console font of this name. Names are those of vconsole.conf(5), without directory and ending; on Debian, keymaps are in the package console-data and fonts in console-setup-linux or kbd.",
  },
  U161: {
    title: "a keymap that is incomplete",
    explanation: "A keymap, or one that it includes, is missing or damaged in the sysroot.",
  },
} as const satisfies CodeTable;
