#!/usr/bin/env node
// Bundles the command and the library into dist, with every package they use, so that the package on the
// registry has no dependencies.
//
// usage: scripts/bundle.mjs [--root DIR] [--out DIR] [--metafile FILE]
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { modernBuffers } from "./modern-buffers.mjs";
import { thirdPartyLicences } from "./third-party.mjs";

const { values } = parseArgs({
  options: { root: { type: "string" }, out: { type: "string" }, metafile: { type: "string" } },
});
const home = resolve(import.meta.dirname, "..");
const root = resolve(values.root ?? home);
const out = resolve(values.out ?? join(root, "dist"));

await bundle();

async function bundle() {
  const entryPoints = entries();
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir: out,
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    nodePaths: [join(home, "node_modules")],
    // Prefer a package's ES modules: they can be split, and what is not used falls away.
    mainFields: ["module", "main"],
    define: { UNITRD_VERSION: JSON.stringify(version()) },
    plugins: [modernBuffers()],
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
    write: false,
  });

  rmSync(out, { recursive: true, force: true });
  for (const { path, text } of outputFiles)
    write(path, finish(path, text), path === join(out, "unitrd.js") ? 0o755 : 0o644);
  write(
    join(out, "THIRD-PARTY-LICENSES.txt"),
    thirdPartyLicences(Object.keys(metafile.inputs).map((input) => resolve(root, input))),
  );
  if (values.metafile !== undefined) write(resolve(values.metafile), JSON.stringify(metafile));
  report(metafile);
}

/** What there is to build, by the name it gets in dist. */
function entries() {
  const all = { unitrd: "src/cli/main.ts", index: "src/index.ts" };
  const present = Object.entries(all).filter(([, path]) => existsSync(join(root, path)));
  if (present.length === 0) throw new Error(`nothing to build: no ${Object.values(all).join(", no ")} in ${root}`);
  return Object.fromEntries(present);
}

function version() {
  return JSON.parse(readFileSync(join(home, "package.json"), "utf8")).version;
}

/**
 * CommonJS packages call `require` for Node's own modules; ES modules have none, and esbuild's stand-in takes the
 * one it finds in its chunk.
 *
 * @param {string} path
 * @param {string} text
 */
function finish(path, text) {
  const body = text.replace(/^#!.*\n/, "");
  const requires = /typeof require\b/.test(body)
    ? 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\n'
    : "";
  const shebang = path === join(out, "unitrd.js") ? "#!/usr/bin/env node\n" : "";
  return shebang + requires + body;
}

/**
 * @param {string} path
 * @param {string} text
 */
function write(path, text, mode = 0o644) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
}

/** @param {import("esbuild").Metafile} metafile */
function report({ outputs }) {
  const sizes = Object.entries(outputs).map(([path, { bytes }]) => ({ path: resolve(root, path), bytes }));
  for (const { path, bytes } of sizes.filter(({ path }) => dirname(path) === out)) {
    console.log(`${relative(root, path)} ${kib(bytes)}`);
  }
  const chunks = sizes.filter(({ path }) => dirname(path) !== out);
  console.log(`${chunks.length} chunks ${kib(chunks.reduce((sum, { bytes }) => sum + bytes, 0))}`);
}

/** @param {number} bytes */
function kib(bytes) {
  return `${Math.ceil(bytes / 1024)} KiB`;
}
