import type { Origin } from "../diagnostics/diagnostic.ts";
import { longestChain, levels } from "../plan/levels.ts";

/** Who waits for whom in a boot, ready to be drawn: steps of a plan, or units. */
export interface Graph {
  /** What its nodes are, in the singular. */
  readonly of: "step" | "unit";
  /** In an order that respects every edge. */
  readonly steps: readonly GraphNode[];
  /** At most one between two nodes. */
  readonly edges: readonly GraphEdge[];
}

export interface GraphNode {
  readonly id: string;
  /** What it does, for people. */
  readonly title: string;
  /** Devices that it waits for and that no step is sure to make. */
  readonly devices: readonly GraphDevice[];
  readonly origin?: Origin;
  /** Units that a step becomes. */
  readonly units?: readonly string[];
  /** False for units that others ship. */
  readonly isOurs: boolean;
}

export interface GraphDevice {
  /** As in fstab(5): `UUID=…`, or a path below /dev. */
  readonly name: string;
  /** Who brings it: the machine itself, or whichever does, it or a step before. */
  readonly from: "machine" | "either";
}

export interface GraphEdge {
  readonly earlier: string;
  readonly later: string;
  /** `requires`: fails with it; `wants`: asks for it; `order`: only comes after it. */
  readonly strength: "requires" | "wants" | "order";
  /** What passes along it, for people. */
  readonly what: readonly string[];
}

/** A graph with what can be said about it: its levels, and the longest chain. */
export interface Measured {
  readonly graph: Graph;
  /** Level 0 waits for nobody. */
  readonly levels: readonly (readonly GraphNode[])[];
  readonly chain: readonly string[];
}

export function measured(graph: Graph): Measured {
  return { graph, levels: levels(graph), chain: longestChain(graph).map(({ id }) => id) };
}

/** Whether an edge is a link of the longest chain. */
export function isOnChain(chain: readonly string[], { earlier, later }: GraphEdge): boolean {
  const index = chain.indexOf(earlier);
  return index !== -1 && chain[index + 1] === later;
}

/** The same without edges that follow from others: a drawing of all of them hides what matters. */
export function withoutShortcuts(graph: Graph): Graph {
  const next = new Map<string, string[]>();
  for (const { earlier, later } of graph.edges) next.set(earlier, [...(next.get(earlier) ?? []), later]);
  const follows = ({ earlier, later }: GraphEdge) => {
    const seen = new Set<string>();
    const waiting = (next.get(earlier) ?? []).filter((id) => id !== later);
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (id === later) return true;
      if (seen.has(id)) continue;
      seen.add(id);
      waiting.push(...(next.get(id) ?? []));
    }
    return false;
  };
  return { ...graph, edges: graph.edges.filter((edge) => !follows(edge)) };
}

const strengths = ["order", "wants", "requires"] as const;

/** One edge between two nodes, as strong as the strongest of them. */
export function merged(edges: readonly GraphEdge[]): readonly GraphEdge[] {
  const all = new Map<string, GraphEdge>();
  for (const edge of edges) {
    const key = JSON.stringify([edge.earlier, edge.later]);
    const before = all.get(key);
    all.set(key, before === undefined ? edge : both(before, edge));
  }
  return [...all.values()];
}

function both(a: GraphEdge, b: GraphEdge): GraphEdge {
  const strength = strengths.indexOf(a.strength) < strengths.indexOf(b.strength) ? b.strength : a.strength;
  return { ...a, strength, what: [...new Set([...a.what, ...b.what])] };
}
