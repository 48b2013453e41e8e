/**
 * Seconds of a time span as systemd.time(7) writes them: `5s`, `1min 30s`, `1.5h`, `infinity`; a bare number is
 * seconds. Exact to the microsecond, as systemd counts, finer fractions cut off; `undefined` when it is no such span.
 */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === "infinity") return Infinity;
  let rest = trimmed;
  let microseconds = 0n;
  do {
    const term = termPattern.exec(rest);
    if (term === null) return undefined;
    const [all, whole = "", fraction = "", unit = ""] = term;
    const factor = unit === "" ? 1_000_000n : units.get(unit);
    if (factor === undefined || (whole === "" && fraction === "")) return undefined;
    microseconds += BigInt(whole === "" ? "0" : whole) * factor + fractionOf(fraction, factor);
    rest = rest.slice(all.length);
  } while (rest !== "");
  return microseconds > longest ? undefined : Number(microseconds) / 1e6;
}

const termPattern = /^([0-9]{0,19})(?:\.([0-9]{1,19}))?(?![0-9.])[ \t]*([a-zA-Zµμ]*)[ \t]*/u;

/** Beyond this a double no longer holds whole microseconds; 285 years. */
const longest = BigInt(Number.MAX_SAFE_INTEGER);

function fractionOf(digits: string, factor: bigint): bigint {
  return digits === "" ? 0n : (BigInt(digits) * factor) / 10n ** BigInt(digits.length);
}

/** Microseconds of each unit; a year has 365.25 days and a month a twelfth of that, 30.44 days. */
const units: ReadonlyMap<string, bigint> = new Map(
  [
    ["us usec µs μs", 1n],
    ["ms msec", 1_000n],
    ["s sec second seconds", 1_000_000n],
    ["m min minute minutes", 60_000_000n],
    ["h hr hour hours", 3_600_000_000n],
    ["d day days", 86_400_000_000n],
    ["w week weeks", 604_800_000_000n],
    ["M month months", 2_629_800_000_000n],
    ["y year years", 31_557_600_000_000n],
  ].flatMap(([names, factor]) =>
    String(names)
      .split(" ")
      .map((name) => [name, BigInt(factor ?? 0)] as const),
  ),
);
