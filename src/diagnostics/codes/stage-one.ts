import type { CodeTable } from "../code-table.ts";

export const stageOneCodes = {
  U250: {
    title: "a step that the stage one cannot do",
    explanation:
      "The systemd stage one cannot do this step with this sysroot; the message says why, most often because a program is not installed there.",
  },
} as const satisfies CodeTable;
