import { cellName } from "./cell-name.ts";
import { renderTrial } from "./render-trial.ts";
import type { CellResult } from "./run-scenarios.ts";

/** Results in the XML that continuous integration reads: a test suite with a test case for each cell. */
export function junit(results: readonly CellResult[], rounds = 1): string {
  const failed = results.filter(({ verdict }) => verdict === "failed").length;
  const errors = results.filter(({ verdict }) => verdict === "not-run").length;
  const seconds = results.reduce((sum, { boot }) => sum + (boot?.seconds ?? 0), 0);
  const counts = `tests="${results.length}" failures="${failed}" errors="${errors}" time="${seconds.toFixed(3)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="unitrd test" ${counts}>`,
    ...results.map((result) => testCase(result, rounds)),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testCase(result: CellResult, rounds: number): string {
  const { cell, boot, verdict } = result;
  const name = attribute(cellName(cell, rounds));
  const head = `    <testcase classname="${attribute(cell.folder.file)}" name="${name}" time="${(boot?.seconds ?? 0).toFixed(3)}"`;
  if (verdict === "passed") return `${head}/>`;
  const kind = verdict === "failed" ? "failure" : "error";
  const first = result.failures[0];
  const message = first === undefined ? "it could not be run" : `expected ${first.expected}, found ${first.found}`;
  return `${head}>\n      <${kind} message="${attribute(message)}">${text(renderTrial(result))}</${kind}>\n    </testcase>`;
}

/** Characters that XML 1.0 cannot hold at all are shown as U+FFFD. */
function text(value: string): string {
  return value
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

function attribute(value: string): string {
  return text(value).replaceAll('"', "&quot;").replaceAll("\n", "&#10;");
}
