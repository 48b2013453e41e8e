import type { CodeTable } from "../code-table.ts";

export const scenarioCodes = {
  U670: {
    title: "A value of a scenario is not what its key takes",
    explanation: `The message says what was expected at this place of \`scenario.toml\`. Sizes are written as \`"256M"\`, times as \`"90s"\`, modes as \`"0644"\`, UUIDs in lower case.`,
  },
  U671: {
    title: "A scenario has a key that means nothing there",
    explanation: `A misspelt assertion would be one that never fails, so every key of \`scenario.toml\` is known or refused. \`docs/boot-testing.md\` lists them.

\`\`\`toml
[expect.mounts."/"]
type = "ext4"          # not: fstype
\`\`\``,
  },
  U672: {
    title: "A disk that does not exist is to be missing",
    explanation: `\`missing\` names disks of the same scenario that are not attached to the machine.`,
  },
  U673: {
    title: "A wait has no bounds, or none that a time can keep",
    explanation: `Say \`at-least\`, \`at-most\` or both, the first not above the second.

\`\`\`toml
[[expect.wait]]
of = 'dev-disk-by\\x2duuid-0f3c.device'
at-least = "4s"
at-most = "8s"
\`\`\``,
  },
  U674: {
    title: "Something is compared with itself",
    explanation: `\`before\` and \`overlap\` take pairs of two different units or steps.`,
  },
} as const satisfies CodeTable;
