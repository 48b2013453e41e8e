import { cells } from "../diagnostics/cell.ts";
import { canvas, type Canvas, type Paint, type Pen } from "./canvas.ts";
import { isOnChain, type GraphEdge, type Measured } from "./graph.ts";
import { layout, portOf, type Layout, type Link, type Slot } from "./layout.ts";
import { tracks, type Bundle } from "./tracks.ts";

/** A drawing of a graph in boxes from left to right, and how many columns of a terminal it takes. */
export interface Drawing {
  readonly width: number;
  lines(paint: Paint): readonly string[];
}

/** @param linesOf what stands in the box of a node; the first line is its name. */
export function drawing(measured: Measured, linesOf: (id: string) => readonly string[]): Drawing {
  const placed = layout(measured, linesOf);
  const gaps = placed.columns.map((_, column) => tracks(placed.links.filter(({ from }) => from.column === column)));
  const columns = columnsOf(placed, gaps);
  const paper = canvas();
  for (const slot of placed.columns.flat()) drawSlot(paper, slot, columns[slot.column] ?? none, measured);
  gaps.forEach((bundles, column) => {
    const [here, next] = [columns[column] ?? none, columns[column + 1] ?? none];
    for (const bundle of bundles) drawBundle(paper, bundle, here, next, measured);
  });
  return { width: columns.at(-1)?.right ?? 0, lines: (paint) => paper.lines(paint) };
}

interface Column {
  readonly left: number;
  /** The last column of its boxes. */
  readonly right: number;
}

const none: Column = { left: 0, right: 0 };

function columnsOf({ columns }: Layout, gaps: readonly (readonly Bundle[])[]): readonly Column[] {
  let left = 0;
  return columns.map((slots, index) => {
    const width = slots.reduce((most, { lines }) => lines.reduce((m, line) => Math.max(m, widthOf(line)), most), 0);
    const column = { left, right: left + width + 3 };
    const lanes = (gaps[index] ?? []).filter(({ track }) => track !== undefined).length;
    left = column.right + 4 + lanes * 2;
    return column;
  });
}

function drawSlot(paper: Canvas, slot: Slot, { left, right }: Column, { chain, graph }: Measured): void {
  const isLink = chain.includes(slot.id);
  if (!slot.isBox) {
    const pen = penOf(graph.edges, chain, slot.id, undefined);
    paper.along(slot.y, left, right, { ...pen, weight: 1 });
    return;
  }
  const pen: Pen = { weight: isLink ? 2 : 1, style: "solid", name: slot.id };
  const bottom = slot.y + slot.height - 1;
  paper.along(slot.y, left, right, pen);
  paper.along(bottom, left, right, pen);
  paper.across(left, slot.y, bottom, pen);
  paper.across(right, slot.y, bottom, pen);
  slot.lines.forEach((line, index) => {
    paper.text(left + 2, slot.y + 1 + index, line, index > 0 ? "faint" : isLink ? "chain" : "plain");
  });
}

function drawBundle(
  paper: Canvas,
  { from, links, track }: Bundle,
  here: Column,
  next: Column,
  measured: Measured,
): void {
  const row = portOf(from);
  const turn = here.right + 2 + (track ?? 0) * 2;
  for (const link of links) {
    const pen = penOfLink(link, measured);
    const end = link.to.isBox ? next.left - 1 : next.left;
    const target = portOf(link.to);
    if (target === row) paper.along(row, here.right, end, pen);
    else {
      paper.along(row, here.right, turn, pen);
      paper.across(turn, row, target, pen);
      paper.along(target, turn, end, pen);
    }
    if (link.to.isBox) paper.text(end, target, "▶", pen.weight === 2 ? "chain" : "plain");
  }
}

function penOfLink({ earlier, to }: Link, { graph, chain }: Measured): Pen {
  return penOf(graph.edges, chain, earlier, to.isBox ? to.id : undefined);
}

/** The pen for the line from a node: of its edge to `later`, or of all its edges where they share one line. */
function penOf(edges: readonly GraphEdge[], chain: readonly string[], earlier: string, later: string | undefined): Pen {
  const served = edges.filter((edge) => edge.earlier === earlier && (later === undefined || edge.later === later));
  const strengths = served.map(({ strength }) => strength);
  const style = strengths.includes("requires") ? "solid" : strengths.includes("wants") ? "dashed" : "dotted";
  const isLink = later !== undefined && served.some((edge) => isOnChain(chain, edge));
  return { weight: isLink ? 2 : 1, style, name: earlier };
}

function widthOf(line: string): number {
  return cells(line).reduce((sum, { width }) => sum + width, 0);
}
