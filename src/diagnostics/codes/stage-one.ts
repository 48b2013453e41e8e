import type { CodeTable } from "../code-table.ts";

export const stageOneCodes = {
  U250: {
    title: "a step that the stage one cannot do",
    explanation:
      "The systemd stage one cannot do this step with this sysroot; the message says why, most often because a program is not installed there.",
  },
  U251: {
    title: "a step that the script cannot do",
    explanation:
      '`stage-one.kind = "scripted"` was asked for, or the systemd stage one cannot do another step, and the script cannot do this one with this sysroot. The message says why.',
  },
  U252: {
    title: "no fallback wanted",
    explanation:
      'The systemd stage one cannot do a step. With `on-unsupported = "fallback"` a scripted stage one would be built instead; `"error"` was declared.',
  },
  U253: {
    title: "a scripted stage one instead",
    explanation:
      "The systemd stage one cannot do a step, so that a scripted stage one was built from the same plan. It does every declared step, one after the other. `unitrd diff` shows what else differs; `/etc/unitrd/stage-one.json` in the image says the same as this warning.",
  },
  U255: {
    title: "no shell by a word of the command line",
    explanation:
      "`stage-one.command-line-shell = true` lets `rd.systemd.debug_shell` open a shell beside the boot. The script does one thing after the other and has no such shell; it refuses the word aloud.",
  },
  U254: {
    title: "a step that no stage one can do",
    explanation:
      "Neither the systemd stage one nor the script can do this step with this sysroot; the message has both reasons.",
  },
} as const satisfies CodeTable;
