import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findings, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { formatToml } from "./format-toml.ts";
import type { Located } from "./located.ts";
import { merge, type Declared } from "./merge.ts";
import { parseToml, type Document } from "./parse.ts";
import { formatPath, type Path } from "./path.ts";

const isSet = (path: Path) => path.at(-1) === "set";

describe("merging files", () => {
  test("merges tables, replaces single values and ordered lists", () => {
    const { declared } = mergeTexts(
      'image.kernel = "a"\nimage.drivers = "host"\n[luks.root]\nunlock = ["tpm2", "passphrase"]',
      'image.kernel = "b"\n[luks.root]\nunlock = ["passphrase"]\n[luks.swap]\nnofail = true',
    );
    expect(plain(declared.value)).toEqual({
      image: { kernel: "b", drivers: "host" },
      luks: { root: { unlock: ["passphrase"] }, swap: { nofail: true } },
    });
  });

  test("unites sets, and keeps of each element where it was written", () => {
    const { declared } = mergeTexts('set = ["a", "b"]', 'set = ["b", "c"]');
    expect(plain(declared.value)).toEqual({ set: ["a", "b", "c"] });
    expect(declared.originOf(["set", 1])).toMatchObject({ file: "0.toml", column: 13 });
    expect(declared.originOf(["set", 2])).toMatchObject({ file: "1.toml", column: 13, path: "set[1]" });
    expect(declared.replaced).toEqual([]);
  });

  test("records what replaced what", () => {
    const { declared } = mergeTexts("a.b = 1\na.c = [1]", "a.b = 2", "[a]\nc = [2]\n");
    expect(declared.replaced.map((one) => [formatPath(one.path), one.how, at(one.was), at(one.by)])).toEqual([
      ["a.b", "replaced", "0.toml:1:7", "1.toml:1:7"],
      ["a.c", "replaced", "0.toml:2:7", "2.toml:2:5"],
    ]);
    expect(declared.originOf(["a", "b"]).file).toBe("1.toml");
    expect(declared.files).toEqual(["0.toml", "1.toml", "2.toml"]);
  });

  test("removes what an earlier file says, which a later one may say anew", () => {
    const { declared } = mergeTexts("[luks.a]\nx = 1\n[luks.b]\n", "luks.a = { remove = true }");
    expect(plain(declared.value)).toEqual({ luks: { b: {} } });
    expect(declared.replaced).toMatchObject([{ path: ["luks", "a"], how: "removed" }]);
    const again = mergeTexts("luks.a.x = 1", "luks.a = { remove = true }", "luks.a.y = 2");
    expect(plain(again.declared.value)).toEqual({ luks: { a: { y: 2 } } });
    expect(again.found).toEqual([]);
  });

  test("removes single values and lists as well as tables", () => {
    expect(plain(mergeTexts("a = 1\nset = [1]", "[a]\nremove = true\n[set]\nremove = true").declared.value)).toEqual(
      {},
    );
  });

  test.each([
    ["in the first file", ["[luks.a]\nremove = true"]],
    ["of a misspelt name", ["luks.root.x = 1", "luks.rot = { remove = true }"]],
    ["inside a table that is new", ["x = 1", "[luks]\na.b = { remove = true }"]],
  ])("reports a removal of nothing %s", (_, texts) => {
    expect(mergeTexts(...texts).found.map((one) => one.code)).toEqual(["U020"]);
  });

  test("leaves a table that holds more than a removal, or no removal, alone", () => {
    const { declared, found } = mergeTexts("a.x = 1", "a = { remove = true, y = 2 }\nb = { remove = false }");
    expect(found).toEqual([]);
    expect(plain(declared.value)).toEqual({ a: { x: 1, remove: true, y: 2 }, b: { remove: false } });
  });

  test.each([
    ["a table and a list", "a.b = 1", "\na = [1]", "`a` is a list here, but a table in 0.toml:1"],
    ["a single value and a table", "a = 1", "\n[a]", "`a` is a table here, but an integer in 0.toml:1"],
    ["a list and a single value", "a = [1]", "\na = 'x'", "`a` is a string here, but a list in 0.toml:1"],
  ])("reports %s of one name at both places, and keeps the earlier", (_, first, second, message) => {
    const { declared, found } = mergeTexts(first, second);
    expect(found).toMatchObject([
      {
        code: "U021",
        message,
        at: [
          { file: "1.toml", line: 2 },
          { file: "0.toml", line: 1 },
        ],
      },
    ]);
    expect(plain(declared.value)).toEqual(plain(mergeTexts(first).declared.value));
  });

  test("replaces a single value by one of another kind", () => {
    expect(plain(mergeTexts("a = false", "a = 'hash'").declared.value)).toEqual({ a: "hash" });
  });

  test("of no file at all is an empty declaration", () => {
    const declared = merge([], isSet, () => undefined);
    expect(plain(declared.value)).toEqual({});
    expect(declared.originOf(["a"])).toMatchObject({ line: 1, isDefault: true });
  });

  test("is associative", () => {
    fc.assert(
      fc.property(table(), table(), table(), (a, b, c) => {
        const [left, middle, right] = [document("a", a), document("b", b), document("c", c)];
        const early = asDocument(merge([asDocument(merge([left, middle], isSet, fail)), right], isSet, fail));
        const late = asDocument(merge([left, asDocument(merge([middle, right], isSet, fail))], isSet, fail));
        expect(plain(late.value)).toEqual(plain(early.value));
        expect(placesOf(late.root)).toEqual(placesOf(early.root));
      }),
    );
  });

  test("with itself changes nothing", () => {
    fc.assert(
      fc.property(table(), (a) => {
        expect(plain(merge([document("a", a), document("b", a)], isSet, fail).value)).toEqual(
          plain(document("a", a).value),
        );
      }),
    );
  });

  test("names for every value the file it came from", () => {
    fc.assert(
      fc.property(table(), table(), (a, b) => {
        const documents = [document("a", a), document("b", b)];
        const declared = merge(documents, isSet, fail);
        for (const located of scalarsOf(declared.root)) {
          const own = documents.find((one) => one.file === located.origin.file);
          expect(scalarsOf(own?.root).some((one) => one.origin === located.origin && one.value === located.value)).toBe(
            true,
          );
        }
      }),
    );
  });
});

function mergeTexts(...texts: readonly string[]): {
  readonly declared: Declared;
  readonly found: readonly Diagnostic[];
} {
  const { report, all } = findings();
  const documents = texts.map((text, index) => parse(`${index}.toml`, text));
  return { declared: merge(documents, isSet, report), found: all };
}

function parse(file: string, text: string): Document {
  const parsed = parseToml(file, text, fail);
  if (parsed === undefined) throw new Error("no document");
  return parsed;
}

function document(file: string, value: Readonly<Record<string, unknown>>): Document {
  return parse(
    file,
    Object.entries(value)
      .map(([key, entry]) => `${key} = ${formatToml(entry)}\n`)
      .join(""),
  );
}

function asDocument(declared: Declared): Document {
  const { value, root, originOf: locate, keyOriginOf: locateKey } = declared;
  return { file: "", text: "", value, root, locate, locateKey };
}

function fail(diagnostic: Diagnostic): void {
  throw new Error(diagnostic.message);
}

function at(origin: { readonly file: string; readonly line: number; readonly column: number }): string {
  return `${origin.file}:${origin.line}:${origin.column}`;
}

function plain(value: unknown): unknown {
  return structuredClone(value);
}

function scalarsOf(located: Located | undefined): readonly Extract<Located, { readonly value: unknown }>[] {
  if (located === undefined) return [];
  if (located.is === "table") return [...located.entries.values()].flatMap(scalarsOf);
  if (located.is === "list") return located.items.flatMap(scalarsOf);
  return [located];
}

function placesOf(located: Located): readonly string[] {
  return scalarsOf(located)
    .map((one) => `${at(one.origin)} ${one.origin.path}`)
    .toSorted();
}

/** Tables in which a name always means the same kind of thing, so that files never disagree. */
function table(): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const list = fc.uniqueArray(fc.nat({ max: 9 }), { maxLength: 4 });
  const leaf = fc.record({ number: fc.integer(), text: fc.string(), list, set: list }, { requiredKeys: [] });
  const inner = fc.record({ set: list, left: leaf, right: leaf }, { requiredKeys: [] });
  return fc.record({ x: fc.boolean(), one: inner, other: inner, set: list }, { requiredKeys: [] });
}
