import { isOnChain, withoutShortcuts, type GraphEdge, type GraphNode, type Measured } from "./graph.ts";

/** A graph in the language of Graphviz. Classes are for the style sheet of the SVG; without it the drawing is plain. */
export function graphDot(measured: Measured): string {
  const { graph, chain } = measured;
  const devices = [...new Map(graph.steps.flatMap((node) => node.devices.map((device) => [device.name, device])))];
  const lines = [
    ...graph.steps.map((node) => nodeLine(node, chain.includes(node.id))),
    ...devices.map(([name]) => `${quoted(deviceId(name))} [label=${quoted(name)}, shape=cylinder, class="device"];`),
    ...withoutShortcuts(graph).edges.map((edge) => edgeLine(edge, isOnChain(chain, edge))),
    ...graph.steps.flatMap(({ id, devices: needed }) =>
      needed.map(({ name, from }) => {
        const style = from === "machine" ? "solid" : "dotted";
        return `${quoted(deviceId(name))} -> ${quoted(id)} [style=${style}, class="device"];`;
      }),
    ),
  ];
  return `digraph boot {\n${[...head, ...lines].map((line) => `  ${line}\n`).join("")}}\n`;
}

const head = [
  'graph [rankdir=LR, bgcolor="transparent", fontname="Helvetica", nodesep=0.25, ranksep=0.6];',
  'node [shape=box, style="rounded", fontname="Helvetica", fontsize=12, margin="0.15,0.08"];',
  'edge [fontname="Helvetica", fontsize=10, arrowsize=0.7];',
];

function nodeLine({ id, title, isOurs }: GraphNode, isOnTheChain: boolean): string {
  const classes = [...(isOnTheChain ? ["chain"] : []), ...(isOurs ? [] : ["theirs"])];
  const look = isOnTheChain ? ", penwidth=2.5" : "";
  const style = isOurs ? "" : ', style="rounded,dashed"';
  const named = classes.length === 0 ? "" : `, class=${quoted(classes.join(" "))}`;
  return `${quoted(id)} [label=${quoted(id)}, tooltip=${quoted(title)}${look}${style}${named}];`;
}

function edgeLine({ earlier, later, strength, what }: GraphEdge, isLink: boolean): string {
  const style = { requires: "solid", wants: "dashed", order: "dotted" }[strength];
  const look = isLink ? ', penwidth=2.5, class="chain"' : "";
  return `${quoted(earlier)} -> ${quoted(later)} [style=${style}, tooltip=${quoted(what.join(", "))}${look}];`;
}

function deviceId(name: string): string {
  return `device ${name}`;
}

/** A double-quoted string; control characters have no place in a drawing. */
function quoted(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll(/\p{Cc}/gu, "\ufffd");
  return `"${escaped}"`;
}
