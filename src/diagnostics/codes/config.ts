import type { CodeTable } from "../code-table.ts";

/** Reading, merging and validating a declaration: U001–U099. */
export const configCodes = {
  U001: {
    title: "The file is not TOML",
    explanation: `The file breaks the grammar of TOML 1.0 at the place that is marked. Only the first such place is
reported, since what follows it cannot be understood. Most often a string lacks its quotes:

\`\`\`toml
device = "/dev/sda1"    # not: device = /dev/sda1
\`\`\``,
  },
  U002: {
    title: "The file is not UTF-8",
    explanation: `TOML is always UTF-8. The mark shows the first byte that is not. Convert the file, for instance with
\`iconv -f latin1 -t utf-8\`, or write the character as \`\\uXXXX\` in a string with double quotes.`,
  },
  U003: {
    title: "Nested too deep",
    explanation: `Lists, inline tables and dotted keys may nest 64 levels deep; no declaration needs more than a few.
Usually a closing bracket is missing.`,
  },
  U004: {
    title: "A reserved key",
    explanation: `\`__proto__\`, \`constructor\`, \`toString\`, \`valueOf\`, \`hasOwnProperty\` and a few like them mean
something to every object of the language that unitrd is written in, so they are refused as keys and names anywhere in a
declaration. Choose another name.`,
  },
  U005: {
    title: "Integer too large",
    explanation: `Integers go from -9007199254740991 to 9007199254740991, the range in which every number is exact. An
identifier that only looks like a number is a string:

\`\`\`toml
device = "UUID=12345678901234567890"
\`\`\``,
  },
  U006: {
    title: "File too large",
    explanation: `A file of a declaration may have 1 MiB. Put large content into a file of its own and name that file.`,
  },
  U010: {
    title: "A value of the wrong kind",
    explanation: `The key takes another kind of value: a string instead of a number, a list instead of a string. The
message names the kinds that it takes.

\`\`\`toml
options = ["ro", "noatime"]    # a list, not: options = "ro,noatime"
\`\`\``,
  },
  U011: {
    title: "Unknown key",
    explanation: `No such key exists in this table. Every key is checked, so that a misspelt one is never dropped in
silence. The help names the key that was probably meant, the table in which a key of this name exists, or all keys of
this table.`,
  },
  U012: {
    title: "A key is missing",
    explanation: `The table lacks a key that has no default. Add it:

\`\`\`toml
[luks.root]
device = "UUID=…"
\`\`\``,
  },
  U013: {
    title: "Not one of the allowed values",
    explanation: `The key takes one of a few words, which the message lists. They are written in lower case and in
quotes:

\`\`\`toml
[stage-one]
kind = "systemd"
\`\`\``,
  },
  U014: {
    title: "The value breaks a rule",
    explanation: `The value is of the right kind but not of the right form or size: a path that is not absolute, a time
span with an unknown unit, a negative number. The message says what the rule is.`,
  },
  U015: {
    title: "The name breaks a rule",
    explanation: `The name of a table becomes the name of a mapping, a unit or a file, and so may not contain a slash or
control characters, be \`.\` or \`..\`, or be longer than such names can be.

\`\`\`toml
[luks.root]    # not: [luks."/dev/mapper/root"]
\`\`\``,
  },
  U016: {
    title: "A removal that is not plain",
    explanation: `\`NAME = { remove = true }\` takes away what earlier files say of NAME. \`remove\` takes no other value
and no other key stands beside it. To replace instead of removing, remove NAME in one file and declare it in the next.`,
  },
  U020: {
    title: "Nothing to remove",
    explanation: `\`NAME = { remove = true }\` takes away what an earlier file says, but none says anything of NAME. Files
count in the order in which they are given on the command line; in the first there is nothing to remove. Correct the
name, change the order, or drop the line.`,
  },
  U021: {
    title: "Files disagree on the kind of a value",
    explanation: `One file has a table, a list or a single value where an earlier one has another of these. Such values
cannot be merged. Both places are shown; write both alike, or remove the earlier one first with \`{ remove = true }\`.`,
  },
} as const satisfies CodeTable;
