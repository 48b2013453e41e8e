import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "unitrd-test-"));
  mkdirSync(join(root, "scripts"));
  mkdirSync(join(root, "bin"));
  mkdirSync(join(root, "node_modules"));
  copyFileSync(join(import.meta.dirname, "test"), join(root, "scripts/test"));
  for (const path of ["install-packages", "check-shell", "check-golden"]) script(`scripts/${path}`, "true");
  script("scripts/fetch", 'echo "/trees/$2"');
  script("bin/npm", 'if [ "$3" = "$FAIL" ]; then echo "$3 is broken"; exit 7; fi');
  script("bin/npx", vitest("true"));
  writeFileSync(join(root, "package-lock.json"), "{}");
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function script(path: string, body: string) {
  writeFileSync(join(root, path), `#!/bin/sh\n${body}\n`);
  chmodSync(join(root, path), 0o755);
}

/** A vitest with three tests, of which one passes, one fails when the project is $BROKEN, and one is skipped. */
function vitest(first: string) {
  return `
    for word; do case $word in --outputFile.json=*) report=\${word#*=} ;; esac; done
    [ "$report" ] || exit 0
    ${first}
    echo "$4 sees $UNITRD_TREE_BOOKWORM $UNITRD_TREE_TRIXIE"
    state=passed
    if [ "$4" = "$BROKEN" ]; then state=failed; fi
    printf '{"testResults":[{"status":"%s","assertionResults":[{"status":"passed"},{"status":"%s"},{"status":"skipped"}]}]}' $state $state >"$report"
    [ $state = passed ]`;
}

function environment(extra: Readonly<Record<string, string>> = {}) {
  return { ...process.env, PATH: [join(root, "bin"), process.env.PATH].join(delimiter), ...extra };
}

function run(words: readonly string[] = [], extra: Readonly<Record<string, string>> = {}) {
  const { status, stdout } = spawnSync(join(root, "scripts/test"), words, {
    env: environment(extra),
    encoding: "utf8",
  });
  return { status, stdout, last: stdout.trimEnd().split("\n").at(-1) };
}

test("a run without a fault counts tests one by one and every other stage once", () => {
  const { status, stdout, last } = run();
  expect(last).toBe("18 passed, 0 failed");
  expect(status).toBe(0);
  expect(stdout).toContain("unit sees /trees/bookworm /trees/trixie");
  expect(stdout).toMatch(/^qemu +[\d.]+ s {2}passed: 2 passed, 0 failed, 1 skipped$/m);
});

test("a failed stage shows what it said, and the stages after it still run", () => {
  const { status, stdout, last } = run([], { FAIL: "types" });
  expect(stdout).toContain("types is broken\n");
  expect(stdout).toMatch(/^types .*FAILED, exit status 7$/m);
  expect(last).toBe("17 passed, 1 failed");
  expect(status).toBe(1);
});

test("a failed test counts as one", () => {
  const { status, last } = run([], { BROKEN: "unit" });
  expect(last).toBe("17 passed, 1 failed");
  expect(status).toBe(1);
});

test("a test runner that dies without a report counts as a failure", () => {
  script("bin/npx", vitest('[ "$4" != package ] || kill -9 $$'));
  const { status, last } = run();
  expect(last).toBe("16 passed, 1 failed");
  expect(status).toBe(1);
});

test("--quick boots nothing, and does nothing twice", () => {
  const { stdout, last } = run(["--quick"]);
  expect(stdout).not.toMatch(/^== (qemu|package|golden)$/m);
  expect(last).toBe("12 passed, 0 failed");
});

test("--only runs one stage, with the trees it needs", () => {
  const { stdout, last } = run(["--only", "unit"]);
  expect(stdout.match(/^== .*$/gm)).toEqual(["== trees", "== unit", "== summary"]);
  expect(last).toBe("3 passed, 0 failed");
});

test("an unknown stage is a mistake on the command line", () => {
  expect(run(["--only", "everything"]).status).toBe(2);
});

test("a run that is ended ends its children, counts as failed and still says so in the last line", async () => {
  script("bin/npx", vitest(`sleep 60 & echo $! >'${root}/child'; wait`));
  const child = spawn(join(root, "scripts/test"), ["--only", "unit"], { env: environment() });
  const output = text(child.stdout);
  while (!existsSync(join(root, "child"))) await setTimeout(20);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([1, null]);
  expect((await output).trimEnd().split("\n").slice(-1)).toEqual(["1 passed, 1 failed"]);
  const pid = readFileSync(join(root, "child"), "utf8").trim();
  await expect.poll(() => isRunning(pid), { timeout: 5000 }).toBe(false);
});

/** Whether a process is neither gone nor only waiting to be reaped, as proc(5) says. */
function isRunning(pid: string) {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
}
