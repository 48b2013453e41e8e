import type { CodeTable } from "../code-table.ts";

export const diffCodes = {
  U720: {
    title: "a comparison with nothing",
    explanation:
      "`unitrd diff` was given one file that is no declaration. One declaration (its name ends in `.toml`) is compared with itself: the systemd stage one against the script. An image needs a second file: another image, or the declaration that it would be rebuilt from.",
  },
  U721: {
    title: "nothing to boot",
    explanation:
      "`unitrd diff --boot` boots a declaration (its name ends in `.toml`, its disks are named with `--disk`), or the scenario of a folder with `scenario.toml`, or one of the scenario's variants as `FOLDER/VARIANT`.",
  },
  U722: {
    title: "a stage one that cannot be booted",
    explanation:
      "`unitrd diff --boot` boots both stage ones of a declaration, and one of them cannot do a step or cannot be built. Without `--boot` the two are compared on paper, with what keeps it.",
  },
} as const satisfies CodeTable;
