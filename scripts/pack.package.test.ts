import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const checkout = join(import.meta.dirname, "..");
const { version } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as { version: string };

let elsewhere: string;
let packed: readonly string[];
let installed: string;

beforeAll(() => {
  elsewhere = mkdtempSync(join(tmpdir(), "unitrd-package-"));
  const [pack] = JSON.parse(npm("pack", checkout, "--json", "--ignore-scripts", "--pack-destination", elsewhere)) as [
    { readonly filename: string; readonly files: readonly { readonly path: string }[] },
  ];
  packed = pack.files.map(({ path }) => path);
  npm("install", "--prefix", elsewhere, "--offline", "--no-audit", "--no-fund", join(elsewhere, pack.filename));
  installed = join(elsewhere, "node_modules/unitrd");
});
afterAll(() => {
  rmSync(elsewhere, { recursive: true });
});

function npm(...words: readonly string[]) {
  return execFileSync("npm", words, { cwd: elsewhere, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Writes a file that uses the library, as a person would have it beside `node_modules`. */
function consumer(name: string, text: string) {
  const path = join(elsewhere, name);
  writeFileSync(path, text);
  return path;
}

test("npm pack holds only what a user needs", () => {
  const expected = /^(dist\/.*|units\/.*|templates\/.*|README\.md|LICENSE|package\.json)$/;
  expect(packed.filter((path) => !expected.test(path) || /\.test\.|\/golden\//.test(path))).toEqual([]);
  for (const path of [
    "dist/unitrd.js",
    "dist/index.js",
    "dist/types/index.d.ts",
    "dist/THIRD-PARTY-LICENSES.txt",
    "LICENSE",
  ]) {
    expect(packed).toContain(path);
  }
});

test("an installation brings no other package", () => {
  const lock = JSON.parse(readFileSync(join(elsewhere, "package-lock.json"), "utf8")) as { packages: object };
  expect(Object.keys(lock.packages)).toEqual(["", "node_modules/unitrd"]);
});

test("the installed command runs and says nothing on standard error", () => {
  const command = join(elsewhere, "node_modules/.bin/unitrd");
  expect(spawnSync(command, ["--version"], { cwd: "/", encoding: "utf8" })).toMatchObject({
    status: 0,
    stdout: `${version}\n`,
    stderr: "",
  });
  expect(spawnSync(command, ["--help"], { cwd: "/", encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
});

test("every chunk can be loaded from where it is installed", () => {
  const chunks = packed.filter((path) => /^dist\/(index|chunks\/.*)\.js$/.test(path));
  const text = chunks.map((path) => `await import(${JSON.stringify(join(installed, path))});`).join("\n");
  expect(spawnSync(process.execPath, [consumer("chunks.mjs", text)], { encoding: "utf8" })).toMatchObject({
    status: 0,
    stderr: "",
  });
});

test("the installed library can be imported", () => {
  const path = consumer("library.mjs", 'import { build } from "unitrd"; console.log(typeof build);');
  expect(spawnSync(process.execPath, [path], { encoding: "utf8" })).toMatchObject({ stdout: "function\n", stderr: "" });
});

test("the types of the library check without another package", () => {
  const path = consumer("types.mts", 'import { build } from "unitrd";\nexport const it: typeof build = build;\n');
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023"];
  const tsc = join(checkout, "node_modules/typescript/bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, ...options, path], { cwd: elsewhere, encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});
