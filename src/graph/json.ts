import { isOnChain, type Measured } from "./graph.ts";

/** A graph as data: every edge, the level of each node, the longest chain. */
export function graphJson({ graph, levels, chain }: Measured): object {
  const level = new Map(levels.flatMap((nodes, index) => nodes.map(({ id }) => [id, index] as const)));
  return {
    of: graph.of,
    [`${graph.of}s`]: graph.steps.map(({ isOurs, ...node }) => ({
      ...node,
      ...(graph.of === "unit" ? { isOurs } : {}),
      level: level.get(node.id) ?? 0,
      isOnLongestChain: chain.includes(node.id),
    })),
    edges: graph.edges.map((edge) => ({ ...edge, isOnLongestChain: isOnChain(chain, edge) })),
    levels: levels.map((nodes) => nodes.map(({ id }) => id)),
    longestChain: chain,
  };
}
