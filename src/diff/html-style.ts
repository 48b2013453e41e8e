/** The style of a page: two palettes, wide and narrow, screen and paper. No name in it comes from outside. */
export const htmlStyle = `
:root { color-scheme: light dark; --page: #fbfaf7; --ink: #23211d; --faint: #6d685f; --line: #ddd8cd; --panel: #f3f0e9;
  --left: #0b5a7d; --right: #2d6a1f; --chain: #92510a; --bad: #a3201c;
  --left-tint: #e3f0f5; --right-tint: #e8f2e2; --bad-tint: #fae7e4; }
@media (prefers-color-scheme: dark) { :root { --page: #171614; --ink: #e6e2d9; --faint: #a09a8e; --line: #38352f;
  --panel: #211f1c; --left: #7cc4e6; --right: #9bd085; --chain: #edb25e; --bad: #ff9a8f;
  --left-tint: #16303b; --right-tint: #1d3016; --bad-tint: #421d19; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
.frame { max-width: 76rem; margin: 0 auto; padding: 2rem clamp(1rem, 4vw, 3rem) 4rem; }
h1 { font-size: clamp(1.35rem, 4vw, 1.9rem); line-height: 1.25; margin: 0 0 .75rem; overflow-wrap: anywhere; text-wrap: balance; }
h2 { font-size: 1.2rem; margin: 3rem 0 1rem; padding-top: .9rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.6rem 0 .5rem; overflow-wrap: anywhere; }
p { max-width: 46rem; margin: .4rem 0; }
.lead { font-size: 1.06rem; }
code, pre, .mono { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .86em; overflow-wrap: anywhere; }
a { color: inherit; text-decoration-color: var(--faint); text-underline-offset: .2em; }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--chain); outline-offset: 3px; border-radius: 3px; }
.skip { position: absolute; left: -100vw; } .skip:focus { left: 1rem; top: .5rem; background: var(--page); padding: .3rem .6rem; }
nav ol { list-style: none; margin: 1.2rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; }
.faint { color: var(--faint); }
.left { color: var(--left); } .right { color: var(--right); } .chain { color: var(--chain); } .bad { color: var(--bad); }
dl.versus { display: grid; grid-template-columns: minmax(5.5rem, max-content) 1fr 1fr; margin: .5rem 0; }
dl.versus > div { display: grid; grid-template-columns: subgrid; grid-column: 1 / -1; border-top: 1px solid var(--line); }
dl.versus > div:first-child { border-top: 0; }
dl.versus dt { color: var(--faint); padding: .35rem 1.2rem .35rem 0; font-size: .92rem; }
dl.versus dd { margin: 0; padding: .35rem 1.2rem .35rem .7rem; min-width: 0; overflow-wrap: anywhere; font-size: .95rem; }
dl.versus dd span { display: block; }
dl.versus dd.both { grid-column: 2 / -1; }
dl.versus dd.left, dl.versus dd.right { border-left: 2px solid currentColor; }
dl.versus dd.left > *, dl.versus dd.right > * { color: var(--ink); }
dl.versus dd.bad { background: var(--bad-tint); }
dl.versus .head dd { font-weight: 600; border-left-color: transparent; }
dl.versus .head dd > * { color: inherit; }
dl.versus dd > .side { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.step { border: 1px solid var(--line); border-radius: 8px; padding: .9rem 1.1rem .5rem; margin: 1rem 0; break-inside: avoid; }
.step header { display: flex; gap: .2rem .8rem; align-items: baseline; flex-wrap: wrap; }
.step h3 { margin: 0; }
.step .mark { color: var(--faint); min-width: 1.2rem; font-variant-numeric: tabular-nums; }
.step .where { margin-left: auto; }
.step p { margin: .1rem 0 .4rem; }
.step.on-chain { border-left: 4px solid var(--chain); }
.order { display: grid; grid-template-columns: minmax(12rem, 1fr) 2fr; gap: 1rem 3rem; }
.order ol { margin: 0; padding: 0 0 0 2rem; } .order h3 { margin-top: 0; }
.order .levels { padding: 0; list-style: none; counter-reset: level; }
.order .levels li { display: flex; flex-wrap: wrap; gap: .35rem; padding: .4rem 0 .4rem 1rem; border-left: 2px solid var(--line); }
.box { border: 1px solid var(--line); background: var(--panel); border-radius: 5px; padding: .05rem .5rem; text-decoration: none; overflow-wrap: anywhere; }
.box.chain { border-color: var(--chain); }
dl.spans { margin: 1.2rem 0; } dl.spans > div { border-top: 1px solid var(--line); padding: .45rem 0; }
dl.spans dt { overflow-wrap: anywhere; } dl.spans dd { margin: .1rem 0 0; }
.span { display: grid; grid-template-columns: 5.5rem 1fr 9rem; gap: .8rem; align-items: center; font-size: .88rem; }
.span > * { color: var(--ink); } .span .who { color: inherit; }
.span .bar { position: relative; height: .7rem; background: var(--panel); border-radius: 3px; color: inherit; }
.span .bar i { position: absolute; top: 0; bottom: 0; min-width: 3px; background: currentColor; border-radius: 3px; }
.span .when { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.table { overflow-x: auto; }
table { border-collapse: collapse; margin: .8rem 0; font-size: .93rem; }
th { text-align: left; color: var(--faint); font-weight: 600; }
th, td { padding: .3rem 1.1rem .3rem 0; vertical-align: top; border-bottom: 1px solid var(--line); }
td:first-child { overflow-wrap: anywhere; } td:not(:first-child), th { white-space: nowrap; }
.numbers th:not(:first-child), .numbers td:not(:first-child) { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.numbers tbody tr:last-child td { font-weight: 600; border-bottom: 0; }
details { margin: .5rem 0; border: 1px solid var(--line); border-radius: 6px; }
summary { cursor: pointer; padding: .4rem .8rem; overflow-wrap: anywhere; }
details[open] summary { border-bottom: 1px solid var(--line); }
ul.files { list-style: none; margin: 0; padding: .4rem .8rem; }
ul.files li { display: flex; gap: .7rem; padding: .08rem 0; } ul.files .path { flex: 1; min-width: 0; overflow-wrap: anywhere; }
ul.files .note { text-align: right; color: var(--faint); flex: none; max-width: 50%; overflow-wrap: anywhere; }
pre { margin: 0; padding: .5rem .8rem; white-space: pre-wrap; }
pre span { display: block; } pre .removed { background: var(--left-tint); } pre .added { background: var(--right-tint); } pre .at { color: var(--faint); }
footer { margin-top: 4rem; color: var(--faint); font-size: .85rem; }
@media (max-width: 44rem) {
  dl.versus, dl.versus > div { display: block; } dl.versus .head { display: none; }
  dl.versus > div { padding: .35rem 0; } dl.versus dt { padding: 0; } dl.versus dd { padding: .1rem 0 .2rem .7rem; margin: .15rem 0; }
  dl.versus dd > .side { position: static; width: auto; height: auto; clip-path: none; font-size: .78rem; color: inherit; }
  dl.versus dd.both { padding-left: 0; }
  .span { grid-template-columns: 1fr auto; gap: 0 .8rem; } .span .bar { grid-column: 1 / -1; grid-row: 2; margin-bottom: .25rem; }
  .order { grid-template-columns: 1fr; } .step .where { margin-left: 0; flex-basis: 100%; }
  th, td { padding-right: .6rem; } .numbers { font-size: .84rem; }
}
@media print {
  :root { --page: #fff; --ink: #000; --panel: #fff; } body { font-size: 10pt; } .frame { max-width: none; padding: 0; }
  nav, .skip { display: none; } .span .bar i { print-color-adjust: exact; } h2, h3 { break-after: avoid; } .step { border-color: #999; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
