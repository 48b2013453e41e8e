import type { Measured } from "./graph.ts";
import { printable } from "../diagnostics/cell.ts";
import type { Paint } from "./canvas.ts";

/** A graph as a list by levels, for terminals that are too narrow for a drawing: each node, and whom it waits for. */
export function listText({ graph, levels, chain }: Measured, paint: Paint): readonly string[] {
  return levels.flatMap((nodes, level) => [
    ...(level === 0 ? [] : [""]),
    paint("faint", level === 0 ? "at once" : `level ${level}`),
    ...nodes.flatMap(({ id, devices }) => {
      const isLink = chain.includes(id);
      const before = graph.edges.filter(({ later }) => later === id);
      return [
        isLink ? paint("chain", `━ ${printable(id)}`) : `─ ${printable(id)}`,
        ...devices.map(({ name, from }) => `    ${deviceSigns[from]} ${printable(name)}`),
        ...before.map(({ earlier, strength }) => `    ${relations[strength]} ${printable(earlier)}`),
      ];
    }),
  ]);
}

export const deviceSigns = { machine: "◇", either: "◈" } as const;

const relations = { requires: "needs", wants: "wants", order: "after" } as const;
