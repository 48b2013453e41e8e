import { portOf, type Link, type Slot } from "./layout.ts";

/** The links of one slot to the next column: they share a line down, where they need one. */
export interface Bundle {
  readonly from: Slot;
  readonly links: readonly Link[];
  /** Which of the lines down it has, from the left; undefined when it runs straight. */
  readonly track: number | undefined;
}

/**
 * Gives each bundle of one gap between columns a line of its own to go down. A bundle whose row is reached by another
 * one turns off before that one turns in: else both would run along the same row.
 */
export function tracks(links: readonly Link[]): readonly Bundle[] {
  const sources = [...new Set(links.map(({ from }) => from))].sort((a, b) => portOf(a) - portOf(b));
  const bundles = sources.map((from) => ({ from, links: links.filter((link) => link.from === from) }));
  const bending = bundles.filter(({ from, links: own }) => own.some(({ to }) => portOf(to) !== portOf(from)));
  const mustPrecede = (a: Slot, b: Slot) =>
    links.some(({ from, to }) => from === b && portOf(to) === portOf(a) && portOf(to) !== portOf(b));
  const order: Slot[] = [];
  const left = bending.map(({ from }) => from);
  while (left.length > 0) {
    const free = left.findIndex((slot) => !left.some((other) => other !== slot && mustPrecede(other, slot)));
    order.push(...left.splice(Math.max(0, free), 1));
  }
  return bundles.map((bundle) => {
    const track = order.indexOf(bundle.from);
    return { ...bundle, track: track === -1 ? undefined : track };
  });
}
