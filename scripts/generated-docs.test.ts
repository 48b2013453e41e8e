import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { readDeclaration } from "../src/compile/declaration.ts";
import { findings } from "../src/diagnostics/diagnostic.ts";
import { freshPage, schemaFile } from "./generated-docs.ts";

const home = resolve(import.meta.dirname, "..");
const pages = [
  "README.md",
  ...["docs", "examples", "qemu-tests"].flatMap((directory) =>
    readdirSync(join(home, directory), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .map((name) => `${directory}/${name}`),
  ),
].toSorted();

/** Pages whose TOML is that of a declaration, and right. */
const aboutDeclarations = pages.filter((page) => !/boot-testing|qemu-tests|diagnostics/.test(page));

// What the pages will be: `npm run docs` writes them only after the tests.
const fresh = new Map(await Promise.all(pages.map(async (page) => [page, await freshPage(read(page))] as const)));

describe("the documentation", () => {
  test.each(pages.filter((page) => page.startsWith("docs/") || page === "README.md"))(
    "%s says what the code says",
    async (page) => {
      await expect(text(page)).toMatchFileSnapshot(join(home, page));
    },
  );

  test("has the schema that `unitrd schema` prints", async () => {
    await expect(await schemaFile()).toMatchFileSnapshot(join(home, "docs/declaration.schema.json"));
  });

  test.each(pages)("%s links to files and headings that exist", (page) => {
    expect(linksOf(text(page)).filter((link) => !leadsSomewhere(page, link))).toEqual([]);
  });

  test.each(aboutDeclarations)("%s shows declarations that are valid", (page) => {
    const found = findings();
    tomlOf(text(page)).forEach((toml, index) => {
      readDeclaration(
        [{ name: `${page}#${index + 1}.toml`, bytes: Buffer.from(toml.replaceAll("…", "0")) }],
        found.report,
      );
    });
    expect(found.all).toEqual([]);
  });

  test("is refused a generated part that nothing makes", async () => {
    const page = "<!-- begin nonsense: made by npm run docs -->\n<!-- end nonsense -->\n";
    await expect(freshPage(page)).rejects.toThrow("nonsense");
  });
});

function text(page: string): string {
  return fresh.get(page) ?? read(page);
}

function read(page: string): string {
  return readFileSync(join(home, page), "utf8");
}

function linksOf(page: string): readonly string[] {
  return [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => link ?? []);
}

function leadsSomewhere(page: string, link: string): boolean {
  if (/^[a-z]+:/.test(link)) return true;
  const [path = "", anchor] = link.split("#");
  const file = path === "" ? page : join(dirname(page), path);
  if (!existsSync(join(home, file))) return false;
  return anchor === undefined || anchorsOf(text(file)).includes(anchor);
}

/** As the usual renderers of Markdown name headings. */
function anchorsOf(page: string): readonly string[] {
  return [...withoutCode(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function withoutCode(page: string): string {
  return page.replaceAll(/^```[^]*?^```$/gm, "");
}

/** What is written by hand; the generated reference shows tables without what else they need. An ellipsis stands for what is left out. */
function tomlOf(page: string): readonly string[] {
  const own = page.replaceAll(/<!-- begin (\S+): [^]*?<!-- end \1 -->/g, "");
  return [...own.matchAll(/^```toml\n([^]*?)^```$/gm)].flatMap(([, toml]) => toml ?? []);
}
