import { shortOrigin } from "../diagnostics/diagnostic.ts";
import { printable } from "../diagnostics/cell.ts";
import type { Look, Paint } from "./canvas.ts";
import { drawing } from "./drawing.ts";
import { withoutShortcuts, type GraphDevice, type GraphNode, type Measured } from "./graph.ts";
import { deviceSigns, listText } from "./list-text.ts";

export interface TextOptions {
  /** Columns. What does not fit is a list instead of a drawing. */
  readonly width: number;
  readonly colour: boolean;
}

/** A graph for a person at a terminal: who waits for whom, the longest chain marked. Ends in a line feed. */
export function graphText(all: Measured, options: TextOptions): string {
  // One step alone is no chain.
  const measured = all.chain.length > 1 ? all : { ...all, chain: [] };
  const { graph, levels } = measured;
  if (graph.steps.length === 0) return `there is no ${graph.of} in this boot\n`;
  const paint = painter(options.colour);
  const reduced = { ...measured, graph: withoutShortcuts(graph) };
  const [tied, alone] = parted(reduced);
  const picture = fitting(tied, options.width)?.lines(paint);
  const head = `${count(graph.steps.length, graph.of)} on ${count(levels.length, "level")}`;
  const parts = [
    [head],
    picture ?? listText(tied, paint),
    aloneLines(alone),
    legend(reduced, picture !== undefined, paint),
    chainLines(measured, paint),
    table(graph.steps, paint),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** The graph without the nodes that have no edge, and those. A lone node is drawn only where all are alone. */
function parted(measured: Measured): [Measured, readonly GraphNode[]] {
  const { graph, levels } = measured;
  const ends = new Set(graph.edges.flatMap(({ earlier, later }) => [earlier, later]));
  if (ends.size === 0) return [measured, []];
  const isTied = ({ id }: GraphNode) => ends.has(id);
  const tied = { ...graph, steps: graph.steps.filter(isTied) };
  const alone = graph.steps.filter((node) => !isTied(node));
  return [{ ...measured, graph: tied, levels: levels.map((nodes) => nodes.filter(isTied)) }, alone];
}

function aloneLines(nodes: readonly GraphNode[]): readonly string[] {
  if (nodes.length === 0) return [];
  const named = nodes.map(({ id, devices }) => {
    return `  ${[printable(id), ...devices.map((device) => note(device, 48))].join("  ")}`;
  });
  return ["tied to none of these:", ...named];
}

/** The most telling drawing that is not too wide: device names are shortened before it is given up. */
function fitting(measured: Measured, width: number) {
  const nodes = new Map(measured.graph.steps.map((node) => [node.id, node]));
  for (const longest of [48, 24, 14]) {
    const drawn = drawing(measured, (id) => [
      printable(id),
      ...(nodes.get(id)?.devices ?? []).map((one) => note(one, longest)),
    ]);
    if (drawn.width < width) return drawn;
  }
  return undefined;
}

function note({ name, from }: GraphDevice, longest: number): string {
  const shown = [...printable(name)];
  const short = shown.length > longest ? `${shown.slice(0, longest - 1).join("")}…` : shown.join("");
  return `${deviceSigns[from]} ${short}`;
}

function legend({ graph, chain }: Measured, isDrawn: boolean, paint: Paint): readonly string[] {
  const devices = graph.steps.flatMap(({ devices: all }) => all);
  const has = (strength: string) => isDrawn && graph.edges.some((edge) => edge.strength === strength);
  return [
    ...(chain.length > 1 ? [`${isDrawn ? "━▶" : "━"} the longest chain`] : []),
    ...(has("requires") ? ["─▶ fails with it"] : []),
    ...(has("wants") ? ["╌▶ goes on without it"] : []),
    ...(has("order") ? ["┈▶ only comes after it"] : []),
    ...(devices.some(({ from }) => from === "machine")
      ? [`${deviceSigns.machine} a device that the machine brings`]
      : []),
    ...(devices.some(({ from }) => from === "either")
      ? [`${deviceSigns.either} a device that the machine or a step before it brings`]
      : []),
  ].map((line) => paint("faint", line));
}

function chainLines({ chain, graph }: Measured, paint: Paint): readonly string[] {
  if (chain.length < 2) return [`no ${graph.of} waits for another`];
  return [`the longest chain: ${chain.map((id) => paint("chain", printable(id))).join(" → ")}`];
}

function table(nodes: readonly GraphNode[], paint: Paint): readonly string[] {
  const shown = nodes.filter(({ title }) => title !== "");
  const column = Math.min(40, Math.max(0, ...shown.map(({ id }) => printable(id).length)));
  return shown.map(({ id, title, origin }) => {
    const from = origin === undefined ? "" : paint("faint", `  ${printable(shortOrigin(origin).replace(/ .*/s, ""))}`);
    return `${printable(id).padEnd(column)}  ${printable(title)}${from}`;
  });
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

const codes = { plain: "0", chain: "1;33", faint: "2" } as const satisfies Record<Look, string>;

function painter(colour: boolean): Paint {
  return colour ? (look, text) => `\u001b[${codes[look]}m${text}\u001b[0m` : (_, text) => text;
}
