import * as z from "zod";

const result = z.strictObject({
  /** `luks/wrong-then-right [scripted]` */
  name: z.string(),
  /** The folder, which stands for a layout. */
  layout: z.string(),
  stageOne: z.enum(["systemd", "scripted"]),
  /** The tree's, whichever stage one runs. */
  systemd: z.int().optional(),
  passed: z.boolean(),
  /** From /init to the real system by the guest's clock, where that was reached and reported. */
  seconds: z.number().optional(),
});

/** What a run of the boot tests says of a scenario. Nothing of the machine that ran it. */
export type ScenarioResult = Readonly<z.infer<typeof result>>;

/** The text of qemu-tests/results.json, in the order of the names. */
export function resultsText(results: readonly ScenarioResult[]): string {
  const sorted = [...results].sort((a, b) => (a.name < b.name ? -1 : 1));
  return `[\n${sorted.map((one) => `  ${JSON.stringify(one)}`).join(",\n")}\n]\n`;
}

/** Throws for a text that is no such file. */
export function readResults(text: string): readonly ScenarioResult[] {
  return z.array(result).parse(JSON.parse(text));
}

/** A row for each layout, a column for each systemd that ran and for the script. `describe` says what a layout is. */
export function resultTable(
  results: readonly ScenarioResult[],
  describe: (layout: string) => string,
): { readonly heads: readonly string[]; readonly rows: readonly (readonly string[])[] } {
  const columnOf = ({ stageOne, systemd }: ScenarioResult): string =>
    stageOne === "scripted" ? "script" : `systemd ${systemd ?? "?"}`;
  const columns = [...new Set(results.map(columnOf))].sort((a, b) =>
    (a === "script") === (b === "script") ? (a < b ? -1 : 1) : a === "script" ? 1 : -1,
  );
  const layouts = [...new Set(results.map(({ layout }) => layout))].sort();
  const rows = layouts.map((layout) => {
    const own = results.filter((one) => one.layout === layout);
    return [
      `\`${layout}\``,
      describe(layout),
      ...columns.map((column) => cell(own.filter((one) => columnOf(one) === column))),
    ];
  });
  return { heads: ["scenario", "what boots", ...columns], rows };
}

/** "3 of 3, 2.1–4.4 s" */
function cell(results: readonly ScenarioResult[]): string {
  if (results.length === 0) return "";
  const passed = results.filter((one) => one.passed);
  const seconds = passed.flatMap((one) => one.seconds ?? []);
  const [from, to] = [Math.min(...seconds).toFixed(1), Math.max(...seconds).toFixed(1)];
  const span = seconds.length === 0 ? "" : from === to ? `, ${from} s` : `, ${from}–${to} s`;
  return `${passed.length} of ${results.length}${span}`;
}
