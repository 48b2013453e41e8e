/**
 * Whether to colour what goes to a stream: on a terminal, unless `NO_COLOR` is set (no-color.org) or the terminal is
 * dumb. `FORCE_COLOR` decides over all of that, as in Node itself.
 */
export function wantsColour(isTerminal: boolean): boolean {
  const { FORCE_COLOR: force, NO_COLOR: never, TERM: terminal } = process.env;
  if (force !== undefined) return force !== "0" && force !== "false";
  return isTerminal && (never ?? "") === "" && terminal !== "dumb";
}
