import type { Measured } from "./graph.ts";

/** A box of a drawing, or a place where a line passes through the column of boxes. */
export interface Slot {
  /** The node, or the node that the line comes from. */
  readonly id: string;
  readonly isBox: boolean;
  /** Lines of text in the box. */
  readonly lines: readonly string[];
  readonly column: number;
  /** The topmost row, and how many rows it takes. */
  readonly y: number;
  readonly height: number;
}

/** A line from a slot to one of the next column. */
export interface Link {
  readonly from: Slot;
  readonly to: Slot;
  /** The edge that it is part of. */
  readonly earlier: string;
  readonly later: string;
}

export interface Layout {
  /** By column, from the top. */
  readonly columns: readonly (readonly Slot[])[];
  readonly links: readonly Link[];
}

/** The row on which lines reach and leave a slot. */
export function portOf({ isBox, y }: Slot): number {
  return isBox ? y + 1 : y;
}

/**
 * Places a graph in columns, a level each: lines run from left to right, and those that span several levels pass
 * between the boxes on their way. Boxes are ordered by where their lines come from, so that few of them cross.
 */
export function layout({ graph, levels, chain }: Measured, linesOf: (id: string) => readonly string[]): Layout {
  const level = new Map(levels.flatMap((nodes, index) => nodes.map(({ id }) => [id, index] as const)));
  const columns: Placing[][] = levels.map((nodes, column) => nodes.map(({ id }) => box(id, column, linesOf(id))));
  const links: Link[] = [];
  const place = (id: string, column: number): Placing => {
    const there = columns[column]?.find((slot) => slot.id === id);
    if (there !== undefined) return there;
    const slot: Placing = { id, isBox: false, lines: [], column, y: 0, height: 1 };
    columns[column]?.push(slot);
    return slot;
  };
  for (const { earlier, later } of graph.edges) {
    const from = level.get(earlier) ?? 0;
    const to = level.get(later) ?? 0;
    for (let column = from; column < to; column++) {
      const end = column + 1 === to ? later : earlier;
      addLink(links, { from: place(earlier, column), to: place(end, column + 1), earlier, later });
    }
  }
  columns.forEach((slots) => {
    arrange(slots, links, chain);
  });
  return { columns, links };
}

/** A slot whose row is not final. */
interface Placing extends Omit<Slot, "y"> {
  y: number;
}

function box(id: string, column: number, lines: readonly string[]): Placing {
  return { id, isBox: true, lines, column, y: 0, height: lines.length + 2 };
}

/** A line through a column serves all edges from one node. */
function addLink(links: Link[], link: Link): void {
  if (links.some(({ from, to }) => from === link.from && to === link.to)) return;
  links.push(link);
}

/** Orders a column by the rows of what leads to it and sets its rows, as straight as there is room. */
function arrange(slots: Placing[], links: readonly Link[], chain: readonly string[]): void {
  const wish = new Map(slots.map((slot) => [slot, wishOf(slot, links)]));
  const isOnChain = (slot: Slot) => slot.isBox && chain.includes(slot.id);
  const rank = (slot: Slot) => (isOnChain(slot) && slot.column === 0 ? -1 : (wish.get(slot) ?? Infinity));
  slots.sort((a, b) => compare(rank(a), rank(b)) || compare(isOnChain(a) ? 0 : 1, isOnChain(b) ? 0 : 1));
  let free = 0;
  for (const slot of slots) {
    const wanted = wish.get(slot);
    slot.y = Math.max(free, wanted === undefined ? 0 : Math.ceil(wanted) - (slot.isBox ? 1 : 0));
    free = slot.y + slot.height;
  }
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** The row where a straight line would arrive: the middle one of those that lead here. */
function wishOf(slot: Slot, links: readonly Link[]): number | undefined {
  const rows = links.filter(({ to }) => to === slot).map(({ from }) => portOf(from));
  rows.sort(compare);
  return rows[Math.floor((rows.length - 1) / 2)];
}
