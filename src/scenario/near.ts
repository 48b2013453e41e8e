/** The texts most alike to one that was looked for, best first; none that has nothing in common with it. */
export function nearest(wanted: string, candidates: Iterable<string>, count = 3): readonly string[] {
  const wantedParts = parts(wanted);
  return [...new Set(candidates)]
    .map((text) => ({ text, likeness: likeness(wantedParts, parts(text)) }))
    .filter(({ likeness }) => likeness > 0.2)
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, count)
    .map(({ text }) => text);
}

/** The share of the wanted text's parts that the other has, with a little off for being longer. */
function likeness(wanted: ReadonlySet<string>, found: ReadonlySet<string>): number {
  if (wanted.size === 0) return 0;
  let shared = 0;
  for (const part of wanted) if (found.has(part)) shared++;
  return shared / wanted.size - Math.max(0, found.size - wanted.size) / (100 * wanted.size);
}

/** Two neighbouring characters at a time. */
function parts(text: string): ReadonlySet<string> {
  const lower = ` ${text.toLowerCase()} `;
  return new Set(Array.from({ length: lower.length - 1 }, (_, index) => lower.slice(index, index + 2)));
}
