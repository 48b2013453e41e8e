/**
 * Makes a drawing of Graphviz readable on light and dark screens: colours come from a style sheet that follows the
 * reader's, so the file stands alone. The classes are those that `graphDot` gives.
 */
export function styledSvg(svg: string, title: string): string {
  const drawing = svg.slice(Math.max(0, svg.indexOf("<svg")));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${drawing
    .replace(/<svg /, '<svg role="img" ')
    .replace(/>/, `>\n<title>${escaped(title)}</title>\n<style>${styleSheet}</style>`)}`;
}

const styleSheet = `
svg { color-scheme: light dark; max-width: 100%; height: auto; background: #ffffff; --ink: #1f2328; --soft: #59636e; --chain: #b35900; --device: #0969da; --box: #f6f8fa; }
@media (prefers-color-scheme: dark) {
  svg { background: #0d1117; --ink: #e6edf3; --soft: #9198a1; --chain: #f0a252; --device: #58a6ff; --box: #161b22; }
}
text { fill: var(--ink); font-family: Helvetica, Arial, sans-serif; }
.node path, .node polygon, .node polyline { stroke: var(--soft); fill: var(--box); }
.node.theirs text { fill: var(--soft); }
.node.device path, .node.device polyline { stroke: var(--device); fill: none; }
.edge path { stroke: var(--soft); fill: none; }
.edge polygon { stroke: var(--soft); fill: var(--soft); }
.edge.device path { stroke: var(--device); }
.edge.device polygon { stroke: var(--device); fill: var(--device); }
.node.chain path, .node.chain polygon, .edge.chain path { stroke: var(--chain); }
.edge.chain polygon { stroke: var(--chain); fill: var(--chain); }
`;

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
