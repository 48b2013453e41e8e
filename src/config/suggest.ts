/**
 * The candidate that a misspelt word most likely meant, if one is near enough: at most a third of its letters wrong,
 * where a swap of neighbours counts once, and case, `_` and `-` count nothing.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  const plain = fold(word);
  for (const candidate of candidates) {
    const allowed = Math.max(1, Math.floor(Math.max(plain.length, candidate.length) / 3));
    if (Math.abs(plain.length - candidate.length) > allowed) continue;
    const distance = editDistance(plain, fold(candidate));
    if (distance <= allowed && distance < bestDistance && distance < fold(candidate).length) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function fold(word: string): string {
  return word.toLowerCase().replace(/[_ ]/g, "-");
}

/** Damerau-Levenshtein distance in its "optimal string alignment" form: insert, delete, replace, swap neighbours. */
export function editDistance(left: string, right: string): number {
  const a = [...left];
  const b = [...right];
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  a.forEach((letter, i) => {
    const row = [i + 1];
    b.forEach((other, j) => {
      const same = letter === other ? 0 : 1;
      let cost = Math.min((last[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1, (last[j] ?? 0) + same);
      if (i > 0 && j > 0 && letter === b[j - 1] && a[i - 1] === other)
        cost = Math.min(cost, (beforeLast[j - 1] ?? 0) + 1);
      row.push(cost);
    });
    beforeLast = last;
    last = row;
  });
  return last[b.length] ?? 0;
}
