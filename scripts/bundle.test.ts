import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Metafile } from "esbuild";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const checkout = join(import.meta.dirname, "..");

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "unitrd-bundle-"));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(files: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function bundle(...words: readonly string[]) {
  return spawnSync(process.execPath, [join(checkout, "scripts/bundle.mjs"), ...words], { encoding: "utf8" });
}

function run(...words: readonly string[]) {
  return spawnSync(join(root, "dist/unitrd.js"), words, { encoding: "utf8" });
}

describe("a bundle", () => {
  const files = {
    "package.json": '{ "type": "module" }',
    "src/cli/main.ts": `#!/usr/bin/env node
      import { version } from "../version.ts";
      if (process.argv[2] === "--version") console.log(version);
      else console.log(await (await import("../pack.ts")).pack());`,
    "src/index.ts": 'export { version } from "./version.ts"; export { pack } from "./pack.ts";',
    "src/version.ts": "declare const UNITRD_VERSION: string; export const version = UNITRD_VERSION;",
    "src/pack.ts": `import { pack as cpio } from "cpio-stream"; import { buffer } from "node:stream/consumers";
      export async function pack() {
        const archive = cpio({ format: "newc" });
        archive.entry({ name: "a", mtime: new Date(0), ino: 1, dev: [0, 0], nlink: 1, mode: 0o644 }, "text");
        archive.finalize();
        return (await buffer(archive)).toString("latin1");
      }`,
  };

  test("is a command that starts by itself and knows its version", () => {
    write(files);
    expect(bundle("--root", root)).toMatchObject({ status: 0, stderr: "" });
    expect(statSync(join(root, "dist/unitrd.js")).mode & 0o777).toBe(0o755);
    const { version } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as { version: string };
    expect(run("--version")).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("packs with cpio-stream without a deprecation warning", () => {
    write(files);
    bundle("--root", root);
    const { status, stdout, stderr } = run();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^070701/);
    expect(stdout).toContain("text");
  });

  test("loads what a command needs only when that command runs", () => {
    write(files);
    bundle("--root", root, "--metafile", join(root, "meta.json"));
    expect([...startsWith("dist/unitrd.js").packages]).toEqual([]);
    expect([...startsWith("dist/index.js").packages]).toContain("cpio-stream");
  });

  test("names every package in it with its licence", () => {
    write(files);
    bundle("--root", root);
    const notices = readFileSync(join(root, "dist/THIRD-PARTY-LICENSES.txt"), "utf8");
    expect(notices).toMatch(/^cpio-stream [\d.]+ \(MIT\)$/m);
    expect(notices).toMatch(/^readable-stream [\d.]+ \(MIT\)$/m);
    expect(notices).not.toContain("zod");
  });

  test("holds nothing of an earlier one", () => {
    write({ ...files, "dist/chunks/old.js": "" });
    bundle("--root", root);
    expect(readdirSync(join(root, "dist/chunks"))).not.toContain("old.js");
  });

  test("is not made when the patch of cpio-stream has nothing left to patch", () => {
    write({
      ...files,
      "node_modules/cpio-stream/package.json": '{ "name": "cpio-stream", "version": "9.0.0", "license": "MIT" }',
      "node_modules/cpio-stream/index.js": "exports.pack = () => Buffer.alloc(1);",
      "dist/unitrd.js": "the previous one",
    });
    const { status, stderr } = bundle("--root", root);
    expect(stderr).toContain("cpio-stream has no `new Buffer(` any more");
    expect(status).toBe(1);
    expect(readFileSync(join(root, "dist/unitrd.js"), "utf8")).toBe("the previous one");
  });

  test("of nothing is an error", () => {
    const { status, stderr } = bundle("--root", root);
    expect(stderr).toContain("nothing to build");
    expect(status).toBe(1);
  });
});

const isThere = existsSync(join(checkout, "src/cli/main.ts"));
test.runIf(isThere)("unitrd starts with little code and without schema, parser, process or graph packages", () => {
  const { status, stderr } = bundle("--out", join(root, "dist"), "--metafile", join(root, "meta.json"));
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const { kib, packages } = startsWith("dist/unitrd.js");
  for (const late of ["zod", "execa", "@viz-js/viz", "@iarna/toml", "toml-eslint-parser", "ini", "cpio-stream"]) {
    expect([...packages]).not.toContain(late);
  }
  expect(kib).toBeLessThan(200);
});

/** What Node has to read before the first line of an entry runs. */
function startsWith(entry: string) {
  const { outputs } = JSON.parse(readFileSync(join(root, "meta.json"), "utf8")) as Metafile;
  const find = (path: string) => Object.keys(outputs).find((name) => name.endsWith(path));
  const todo = [find(entry)];
  const reached = new Set<string>();
  for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    const statics = outputs[path]!.imports.filter((to) => to.kind === "import-statement" && to.external !== true);
    todo.push(...statics.map((to) => to.path));
  }
  if (reached.size === 0) throw new Error(`no ${entry} in the bundle`);
  const loaded = [...reached].map((path) => outputs[path]!);
  const inputs = loaded.flatMap((output) => Object.keys(output.inputs));
  const names = inputs.map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  return {
    kib: loaded.reduce((sum, output) => sum + output.bytes, 0) / 1024,
    packages: new Set(names.filter((name) => name !== undefined)),
  };
}
