import { cellName } from "./cell-name.ts";
import { renderTrial } from "./render-trial.ts";
import type { CellResult } from "./run-scenarios.ts";
import { timelineSvg } from "./timeline-svg.ts";

/** One self-contained page: the summary, what went wrong, and each boot's time line. */
export function htmlReport(results: readonly CellResult[], rounds = 1): string {
  const passed = results.filter(({ verdict }) => verdict === "passed").length;
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>unitrd test: ${passed} of ${results.length} passed</title>`,
    `<style>${style}</style></head><body><main>`,
    `<h1>${passed} of ${results.length} scenarios passed</h1>`,
    ...(results.length > 1 ? [contents(results, rounds)] : []),
    ...results.map((result, index) => section(result, index, rounds)),
    "</main></body></html>",
    "",
  ].join("\n");
}

function contents(results: readonly CellResult[], rounds: number): string {
  const rows = results.map(
    (result, index) =>
      `<tr><td class="${result.verdict}">${result.verdict}</td><td><a href="#s${index}">${escaped(cellName(result.cell, rounds))}</a></td>` +
      `<td>${escaped(result.scenario.description ?? "")}</td><td class="number">${seconds(result)}</td></tr>`,
  );
  return `<table><thead><tr><th>result</th><th>scenario</th><th></th><th>seconds</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function section(result: CellResult, index: number, rounds: number): string {
  const { boot, verdict, cell } = result;
  return [
    `<section id="s${index}"><h2><span class="${verdict}">${verdict}</span> ${escaped(cellName(cell, rounds))}</h2>`,
    verdict === "passed" ? "" : `<pre>${escaped(renderTrial(result))}</pre>`,
    boot === undefined || boot.timeline.units.length === 0 ? "" : timelineSvg(boot.timeline, result.steps),
    "</section>",
  ].join("\n");
}

function seconds({ boot }: CellResult): string {
  return boot === undefined ? "" : boot.seconds.toFixed(1);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const style = `
:root{color-scheme:light dark;--ink:#1c1e21;--soft:#5d656e;--line:#d8dce0;--bar:#3b6fb6;--step:#1f8a5b;--bad:#b3261e;--good:#1f7a45;--back:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#e6e8ea;--soft:#9aa3ad;--line:#343a40;--bar:#7fa8e0;--step:#5cc795;--bad:#ff8a80;--good:#7bd3a0;--back:#14171a}}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:72rem;margin:0 auto;padding:1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .6rem .25rem 0;border-bottom:1px solid var(--line)}
th{color:var(--soft);font-weight:500}.number{text-align:right;font-variant-numeric:tabular-nums}
.passed{color:var(--good)}.failed,.not-run{color:var(--bad);font-weight:600}
pre{overflow-x:auto;padding:.8rem;border:1px solid var(--line);border-radius:.3rem;font-size:.85rem}
svg{width:100%;height:auto;font-family:ui-monospace,monospace}
svg text{fill:var(--ink)}svg .soft{fill:var(--soft)}svg .bar{fill:var(--bar)}svg .step{fill:var(--step)}svg .bad{fill:var(--bad)}svg line{stroke:var(--line)}
a{color:inherit}`;
