/**
 * Whether to colour what goes to a stream: on a terminal, unless `NO_COLOR` is set (no-color.org) or the terminal is
 * dumb. `FORCE_COLOR` decides over all of that, as in Node itself.
 */
export function wantsColour(isTerminal: boolean): boolean {
  const { FORCE_COLOR: force, NO_COLOR: never, TERM: terminal } = process.env;
  if (force !== undefined) return force !== "0" && force !== "false";
  return isTerminal && (never ?? "") === "" && terminal !== "dumb";
}

/** Trees and images for scenarios, as scripts/test makes them: `UNITRD_TREE_TRIXIE`, `UNITRD_USERLAND_TRIXIE`. */
export function scenarioTrees(): {
  readonly trees: Readonly<Record<string, string>>;
  readonly images: Readonly<Record<string, string>>;
} {
  const named = (prefix: string, spell: (suite: string) => string): Record<string, string> =>
    Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value]) => {
        const isOne = name.startsWith(prefix) && value !== undefined && value !== "";
        return isOne ? [[spell(name.slice(prefix.length).toLowerCase()), value]] : [];
      }),
    );
  return {
    trees: named("UNITRD_TREE_", (suite) => suite),
    images: named("UNITRD_USERLAND_", (suite) => `userland:${suite}`),
  };
}

/** What the person of this machine wants to run guests with: `UNITRD_ACCEL`, which a command-line option overrides. */
export function wantedAccelerator(): "kvm" | "tcg" | undefined {
  const wanted = process.env.UNITRD_ACCEL;
  return wanted === "kvm" || wanted === "tcg" ? wanted : undefined;
}
