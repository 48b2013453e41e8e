import type { CodeTable } from "../code-table.ts";

export const planCodes = {
  U200: {
    title: "two steps with one name",
    explanation:
      "Two parts of the declaration became steps of the same name. Steps are named after what they do (`luks:root`, `mount:/`), so this means that one thing was declared twice, perhaps in two files that were merged.",
  },
  U201: {
    title: "one thing made twice",
    explanation:
      "Two steps would make the same device, mount or milestone. One of them would win at boot, and which one would be luck. Rename or remove one of the two.",
  },
  U202: {
    title: "nobody provides what a step needs",
    explanation:
      "A step needs a device or a mount that only another declared step could make, and none does: `/dev/mapper/root` without `[luks.root]`, `/usr/local` without `/usr`. Declare the missing step, correct the name, or name the device by what is on it (`UUID=…`).",
  },
  U203: {
    title: "steps that wait for each other",
    explanation:
      "Every step waits for what it needs, and here the chain of needs comes back to where it began, so none of these steps could ever start. The message shows the circle; change one of the lines it names.",
  },
  U204: {
    title: "a step that does not exist",
    explanation:
      'A hook stands `before` or `after` a step by its name, and no part of the declaration makes such a step. Steps are named after what they do: `mount:/` for `[filesystems."/"]`, `luks:root` for `[luks.root]`; `unitrd graph` shows them all.',
  },
} as const satisfies CodeTable;
