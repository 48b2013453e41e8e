import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** What a package carries in object code, whose licences ask to be named too. */
const carries = {
  "@viz-js/viz": [
    "Contains Graphviz, compiled to WebAssembly, under the Eclipse Public License:",
    "https://graphviz.org/license/; its source code is at https://gitlab.com/graphviz/graphviz.",
    "Contains Expat, under the MIT licence: https://libexpat.github.io.",
  ].join("\n"),
};

/**
 * The notices of every package that is in a bundle, which their licences ask us to hand on.
 *
 * @param {readonly string[]} inputs absolute paths of the bundled files
 */
export function thirdPartyLicences(inputs) {
  const packages = new Map(inputs.flatMap((path) => packageOf(path)));
  const notices = [...packages].map(([directory, path]) => notice(directory, path));
  const unique = new Map(notices.sort((a, b) => (a.title < b.title ? -1 : 1)).map(({ title, text }) => [title, text]));
  const rule = "-".repeat(78);
  return [
    "unitrd contains the following packages.\n",
    ...[...unique].map(([title, text]) => `${rule}\n${title}\n\n${text.trim()}\n`),
  ].join("\n");
}

/**
 * The directory of the package that a file belongs to, and the file.
 *
 * @param {string} path
 * @returns {[directory: string, path: string][]}
 */
function packageOf(path) {
  const directory = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
  return directory === undefined ? [] : [[directory, path]];
}

/**
 * @param {string} directory
 * @param {string} path
 */
function notice(directory, path) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  if (typeof license !== "string") throw new Error(`${directory}/package.json says no licence`);
  const by = typeof author === "string" ? author : author?.name;
  const statement = `Licensed under ${license}${by === undefined ? "" : ` by ${by}`}.`;

  const files = readdirSync(directory).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  const texts = files.sort().map((file) => readFileSync(join(directory, file), "utf8"));
  const comment = /^\s*\/\*!([^]*?)\*\//.exec(readFileSync(path, "utf8"))?.[1] ?? "";
  const own = texts.length > 0 ? texts : [statement, comment.trim()];
  const extra = Object.entries(carries).filter(([carrier]) => carrier === name);
  return {
    title: `${name} ${version} (${license})`,
    text: [...own, ...extra.map(([, text]) => text)].filter((text) => text !== "").join("\n\n"),
  };
}
