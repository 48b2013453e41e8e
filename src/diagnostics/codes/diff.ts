import type { CodeTable } from "../code-table.ts";

export const diffCodes = {
  U720: {
    title: "a comparison with nothing",
    explanation:
      "`unitrd diff` was given one file that is no declaration. One declaration (its name ends in `.toml`) is compared with itself: the systemd stage one against the script. An image needs a second file: another image, or the declaration that it would be rebuilt from.",
  },
} as const satisfies CodeTable;
