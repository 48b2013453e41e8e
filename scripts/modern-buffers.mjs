import { readFileSync } from "node:fs";

const packages = /node_modules\/(cpio-stream|bl|readable-stream)\/.*\.js$/;
const constructor = /\bnew Buffer\(/g;

/**
 * cpio-stream calls `new Buffer`, which prints DEP0005 on the standard error of every process that is not below
 * `node_modules`, as a bundle is. Node's documentation names what to call instead.
 *
 * @returns {import("esbuild").Plugin}
 */
export function modernBuffers() {
  return {
    name: "modern-buffers",
    setup(build) {
      let bundled = false;
      let patched = 0;
      build.onLoad({ filter: packages }, ({ path }) => {
        const text = readFileSync(path, "utf8");
        const contents = modernise(text);
        bundled ||= path.includes("/cpio-stream/");
        patched += contents === text ? 0 : 1;
        return { contents, loader: "js" };
      });
      build.onEnd(({ outputFiles = [] }) => {
        const errors = [
          ...(bundled && patched === 0 ? ["cpio-stream has no `new Buffer(` any more: drop modern-buffers.mjs"] : []),
          ...outputFiles
            .filter(({ text }) => text.search(constructor) >= 0)
            .map(({ path }) => `${path} still calls \`new Buffer(\``),
        ];
        return { errors: errors.map((text) => ({ text })) };
      });
    },
  };
}

/** @param {string} text */
function modernise(text) {
  if (text.search(constructor) < 0) return text;
  return `${text.replaceAll(constructor, "bufferOf(")}
function bufferOf(value, encoding) {
  return typeof value === "number" ? Buffer.alloc(value) : Buffer.from(value, encoding);
}
`;
}
