import { printable } from "../diagnostics/cell.ts";
import {
  isSame,
  type Block,
  type Document,
  type FilesBlock,
  type OrderBlock,
  type OrderedStep,
  type Span,
  type SpansBlock,
  type StepBlock,
  type TableBlock,
  type VersusRow,
} from "./document.ts";
import { htmlStyle } from "./html-style.ts";
import type { Hunk } from "./patch.ts";
import { countPhrase } from "./phrases.ts";

type Sides = readonly [string, string];

/**
 * A comparison as one page that needs nothing else: no script, no font, no image, no network; its policy forbids them,
 * so that a name that slipped through unescaped would still do nothing.
 */
export function documentHtml(document: Document): string {
  const { title, lead, sides, sections } = document;
  const links = sections.map(({ title: name }, index) => `<li><a href="#part-${index + 1}">${text(name)}</a></li>`);
  const parts = sections.map(
    ({ title: name, blocks }, index) =>
      `<section id="part-${index + 1}">\n<h2>${text(name)}</h2>\n${blocks.map((block) => blockHtml(block, sides)).join("\n")}\n</section>`,
  );
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(title)}</title>
<style>${htmlStyle}</style>
</head>
<body>
<a class="skip" href="#part-1">Skip to the comparison</a>
<div class="frame">
<header>
<h1>${text(title)}</h1>
${lead.map((line) => `<p class="lead">${text(line)}</p>`).join("\n")}
${links.length < 2 ? "" : `<nav aria-label="Parts"><ol>${links.join("")}</ol></nav>`}
</header>
<main>
${parts.join("\n")}
</main>
<footer>made by unitrd diff</footer>
</div>
</body>
</html>
`;
}

/** Names are hostile: characters of HTML are escaped, those that act or hide are shown by number. */
function text(value: string): string {
  return printable(value)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function blockHtml(block: Block, sides: Sides): string {
  switch (block.is) {
    case "text":
      return `<p>${text(block.text)}</p>`;
    case "list":
      return `<ul>${block.items.map((item) => `<li>${text(item)}</li>`).join("")}</ul>`;
    case "versus":
      return versusHtml(block.rows, sides, true);
    case "step":
      return stepHtml(block, sides);
    case "order":
      return orderHtml(block, sides);
    case "spans":
      return spansHtml(block, sides);
    case "table":
      return tableHtml(block);
    case "files":
      return filesHtml(block);
    case "patch":
      return patchHtml(block.path, block.hunks);
  }
}

function versusHtml(rows: readonly VersusRow[], sides: Sides, withHead: boolean): string {
  const head = `<div class="head" aria-hidden="true"><dt></dt><dd class="left"><span>${text(sides[0])}</span></dd><dd class="right"><span>${text(sides[1])}</span></dd></div>`;
  return `<dl class="versus">${withHead ? head : ""}${rows.map((row) => rowHtml(row, sides)).join("")}</dl>`;
}

function rowHtml(row: VersusRow, sides: Sides): string {
  const lines = (values: readonly string[]) => values.map((value) => `<span>${text(value)}</span>`).join("");
  const label = `<dt>${text(row.label)}</dt>`;
  if (isSame(row) && row.unable === undefined) return `<div>${label}<dd class="both">${lines(row.left)}</dd></div>`;
  const cell = (side: "left" | "right") => {
    const isBad = row.unable === side || row.unable === "both";
    const name = `<span class="side">${text(sides[side === "left" ? 0 : 1])}</span>`;
    return `<dd class="${side}${isBad ? " bad" : ""}">${name}${lines(row[side])}</dd>`;
  };
  return `<div>${label}${cell("left")}${cell("right")}</div>`;
}

function stepHtml({ mark, id, title, origin, isOnChain, rows }: StepBlock, sides: Sides): string {
  const on = isOnChain ? ' <small class="chain">on the longest chain</small>' : "";
  return `<article class="step${isOnChain ? " on-chain" : ""}" id="${anchor(id)}">
<header><span class="mark">${text(mark)}</span><h3><code>${text(id)}</code></h3>${on}<small class="where faint">${text(origin)}</small></header>
<p class="faint">${text(title)}</p>
${versusHtml(rows, sides, false)}
</article>`;
}

/** A name for a link, the same for the same step and unlike any other. */
function anchor(id: string): string {
  return `step-${Buffer.from(id).toString("hex")}`;
}

function orderHtml({ script, levels, chain }: OrderBlock, sides: Sides): string {
  const box = ({ id, isOnChain }: OrderedStep) =>
    `<a class="box mono${isOnChain ? " chain" : ""}" href="#${anchor(id)}">${text(id)}</a>`;
  const longest =
    chain.length < 2
      ? "No step waits for another."
      : `<span class="chain">The longest chain, ${countPhrase(chain.length, "step")}:</span> <code>${chain.map(text).join(" → ")}</code>`;
  return `<div class="order">
<div><h3 class="right">${text(sides[1])}: one after the other</h3><ol>${script.map((step) => `<li>${box(step)}</li>`).join("")}</ol></div>
<div><h3 class="left">${text(sides[0])}: side by side, from top to bottom</h3><ol class="levels">${levels.map((level) => `<li>${level.map(box).join("")}</li>`).join("")}</ol></div>
</div>
<p>${longest}</p>`;
}

function spansHtml({ rows, until }: SpansBlock, sides: Sides): string {
  const percent = (seconds: number) =>
    `${Math.max(0, Math.min(100, (100 * seconds) / Math.max(until, 0.001))).toFixed(2)}%`;
  const track = (span: Span | undefined, side: 0 | 1) => {
    const name = `<span class="who">${text(sides[side])}</span>`;
    const look = side === 0 ? "left" : "right";
    if (span === undefined)
      return `<div class="span ${look}">${name}<span class="bar"></span><span class="when">not done</span></div>`;
    const isBad = span.result !== "done";
    const bar = `<i style="left:${percent(span.begin)};width:${percent(span.end - span.begin)}"></i>`;
    const when = `${span.begin.toFixed(2)} → ${span.end.toFixed(2)} s${isBad ? `, ${span.result}` : ""}`;
    return `<div class="span ${isBad ? "bad" : look}">${name}<span class="bar">${bar}</span><span class="when">${text(when)}</span></div>`;
  };
  const row = ({ label, left, right }: SpansBlock["rows"][number]) =>
    `<div><dt class="mono">${text(label)}</dt><dd>${track(left, 0)}${track(right, 1)}</dd></div>`;
  return `<dl class="spans">${rows.map(row).join("")}</dl>`;
}

function tableHtml({ head, rows, numbers }: TableBlock): string {
  const heads = head.map((cell) => (cell === "" ? "<td></td>" : `<th scope="col">${text(cell)}</th>`)).join("");
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${text(cell)}</td>`).join("")}</tr>`).join("");
  return `<div class="table"><table${numbers ? ' class="numbers"' : ""}><thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function filesHtml({ title, items }: FilesBlock): string {
  const looks = { "+": "right", "-": "left", "~": "chain" } as const;
  const lines = items.map(({ sign, path, note }) => {
    return `<li><span class="mono ${looks[sign]}">${sign}</span><span class="path mono">${text(path)}</span><small class="note">${text(note)}</small></li>`;
  });
  return `<details><summary>${text(title)} <span class="faint">${items.length}</span></summary><ul class="files">${lines.join("")}</ul></details>`;
}

const signs = { same: " ", removed: "−", added: "+" } as const;

function patchHtml(path: string, hunks: readonly Hunk[]): string {
  const lines = hunks.flatMap(({ before, after, lines: all }) => [
    `<span class="at">@@ −${before} +${after} @@</span>`,
    ...all.flatMap(({ is, text: line }) =>
      line.split("\n").map((one) => `<span class="${is}">${signs[is]} ${text(one)}</span>`),
    ),
  ]);
  return `<details><summary><code>${text(path)}</code></summary><pre>${lines.join("")}</pre></details>`;
}
