import type { CodeTable } from "../code-table.ts";

export const cliCodes = {
  U700: {
    title: "a command line that makes no sense",
    explanation:
      "A command or option does not exist, lacks its value, or contradicts another. `unitrd --help` lists the commands, `unitrd COMMAND --help` what one takes.",
  },
  U701: {
    title: "what was asked for cannot be printed",
    explanation:
      "Standard output cannot be written, for instance because the disk that it is sent to is full. A pipe whose reader has gone is no error.",
  },
  U702: {
    title: "no kernel to boot an image with",
    explanation:
      "`unitrd boot` takes the kernel from `/boot` of the sysroot, by the release of the modules in the image, and there is none of that release; or the image has no modules and does not tell. Name it with `--kernel`.",
  },
  U703: {
    title: "a code that does not exist",
    explanation: "`unitrd explain` was asked for a code that no finding has. `docs/diagnostics.md` lists them all.",
  },
  U705: {
    title: "bytes that a terminal should not get",
    explanation:
      "`unitrd inspect IMAGE PATH` prints a file as it is. This one is no text, and some of its bytes could change the settings of the terminal. Send it to a file or to a program.",
  },
  U706: {
    title: "a path that is not in the image",
    explanation:
      "`unitrd inspect IMAGE PATH` found nothing at this path. Links are followed, but only inside the image.",
  },
  U708: {
    title: "no units to show",
    explanation:
      "`unitrd graph --units` shows the units of a systemd stage one, which are written for the systemd of the sysroot, and this sysroot has none. Without `--units` the steps are shown, which need no sysroot.",
  },
  U749: {
    title: "a bug in unitrd",
    explanation:
      "Something happened that unitrd was not written for. An image that was there before is untouched. Please report it, with the declaration and the message.",
  },
} as const satisfies CodeTable;
