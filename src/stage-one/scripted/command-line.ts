/** A group of words of the kernel command line and what the script makes of them. */
export interface ScriptedWordGroup {
  /** As the patterns of `read_command_line` in templates/scripted/head.sh. */
  readonly words: readonly string[];
  readonly effect: "wins" | "refused";
  /** For the documentation: what the words do here, or why they are refused. */
  readonly meaning: string;
  /** What the words win only with; without it they are refused. */
  readonly onlyWith?: "emergency-access";
}

/** Every word that the scripted stage one reads. Each wins wholly or is refused aloud, never half. */
export const scriptedCommandLineWords: readonly ScriptedWordGroup[] = [
  {
    words: ["root=*"],
    effect: "wins",
    meaning:
      'Replaces `filesystems."/"` as a whole: device, type and options then come from `root=`, `rootfstype=`, `rootflags=`, `ro` and `rw`; it is not checked. When the declared device or options are given up by it, the console says so.',
  },
  {
    words: ["rootfstype=*", "rootflags=*", "ro", "rw"],
    effect: "wins",
    meaning: "Beside `root=` they win with it. Alone they are refused: half of a declared mount would be replaced.",
  },
  { words: ["init=*"], effect: "wins", meaning: "The program that the real system starts with." },
  {
    words: ["rd.break", "rd.break=*"],
    effect: "wins",
    meaning:
      "Stops at a shell before the hand-over, or before the step that it names: `rd.break=mount:/`. Refused without `emergency-access`.",
    onlyWith: "emergency-access",
  },
  {
    words: ["rd.luks", "rd.luks=*", "rd.luks.*"],
    effect: "refused",
    meaning: "Encrypted devices are those of `[luks]`.",
  },
  {
    words: ["resume=*", "resume_offset=*"],
    effect: "refused",
    meaning: "This version does not resume from hibernation; the machine starts afresh.",
  },
  {
    words: ["ip=*", "rd.neednet", "rd.neednet=*", "nfsroot=*"],
    effect: "refused",
    meaning: "This version has no network in the initrd.",
  },
  {
    words: ["mount.usr=*", "mount.usrfstype=*", "mount.usrflags=*"],
    effect: "refused",
    meaning: "`/usr` is mounted as declared.",
  },
  {
    words: ["roothash=*", "usrhash=*", "rd.md.uuid=*", "rd.lvm.*"],
    effect: "refused",
    meaning: "Storage of kinds that this version does not declare.",
  },
];
