import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findings, type Diagnostic, type Origin } from "../diagnostics/diagnostic.ts";
import { formatToml } from "./format-toml.ts";
import type { Located } from "./located.ts";
import { parseToml, sizeLimit, type Document } from "./parse.ts";
import { formatKey } from "./path.ts";

describe("a file of a declaration", () => {
  test("is read as data with the place of every value and key", () => {
    const document = read('[filesystems."/"]\ndevice = "UUID=0f3c"\noptions = ["ro", { x = 1.0 }]\n');
    expect(plain(document.value)).toEqual({ filesystems: { "/": { device: "UUID=0f3c", options: ["ro", { x: 1 }] } } });
    expect(document.locate(["filesystems", "/", "device"])).toEqual({
      file: "machine.toml",
      path: 'filesystems."/".device',
      line: 2,
      column: 10,
      length: 11,
      isDefault: false,
    });
    expect(place(document.locateKey(["filesystems", "/", "device"]))).toBe("2:1+6");
    expect(place(document.locate(["filesystems", "/", "options", 1, "x"]))).toBe("3:24+3");
    expect(place(document.locateKey(["filesystems", "/", "options", 0]))).toBe("3:12+4");
  });

  test("has the header as the place of a table, and its last part as that of the key", () => {
    const document = read('x = 1\n[a."b c"]\n[[list.of]]\n[[list.of]]\n[list.of.tables]\ny = 1\n');
    expect(place(document.locate(["a"]))).toBe("2:2+1");
    expect(place(document.locate(["a", "b c"]))).toBe("2:2+7");
    expect(place(document.locateKey(["a", "b c"]))).toBe("2:4+5");
    expect(place(document.locate(["list", "of", 1]))).toBe("4:3+7");
    expect(place(document.locate(["list", "of", 1, "tables", "y"]))).toBe("6:5+1");
  });

  test("prefers the header of a table to its first mention in a longer one", () => {
    const document = read("[a.b]\n[a]\n");
    expect(place(document.locate(["a"]))).toBe("2:2+1");
  });

  test("gives a missing value the place of the table that lacks it, as a default", () => {
    const document = read("[luks.root]\n");
    expect(document.locate(["luks", "root", "options", 0])).toMatchObject({
      path: "luks.root.options[0]",
      line: 1,
      column: 2,
      isDefault: true,
    });
    expect(document.locate(["image", "kernel"])).toMatchObject({ line: 1, column: 1, isDefault: true });
  });

  test("counts columns in code points", () => {
    expect(place(read("'😀日' = ['𝒳', 2]").locate(["😀日", 1]))).toBe("1:14+1");
  });

  test("marks only the first line of a value of several", () => {
    expect(place(read('a = """x\r\ny"""').locate(["a"]))).toBe("1:5+4");
    expect(place(read("a = [\n  1,\n]").locate(["a"]))).toBe("1:5+1");
  });

  test("may be empty, begin with a byte order mark, and end lines as Windows does", () => {
    expect(plain(read("").value)).toEqual({});
    expect(plain(read("# only a comment").value)).toEqual({});
    const document = read("\ufeffa = 1\r\nb = 2\r\n");
    expect(plain(document.value)).toEqual({ a: 1, b: 2 });
    expect(place(document.locate(["a"]))).toBe("1:5+1");
    expect(place(document.locate(["b"]))).toBe("2:5+1");
  });

  test("finds no key that every JavaScript object has", () => {
    const document = read("x = 1");
    expect(document.locate(["valueOf"]).isDefault).toBe(true);
    expect("valueOf" in document.value).toBe(false);
  });
});

describe("a file that cannot be read", () => {
  test.each<[string, string | Uint8Array, string]>([
    ["a value without quotes", "device = /dev/sda", "U001 1:10 expected a value here"],
    ["no value", "a =\nb = 1", "U001 1:4 expected a value here"],
    ["no equals sign", "a\nb = 1", "U001 1:2 expected `=` after the key"],
    ["an open string", "a = 'x\nb = 1", "U001 1:7 this string has no closing quote"],
    ["an open list", "a = [1, 2", "U001 1:10 this list has no closing bracket"],
    ["an open header", "[a\n", "U001 1:3 expected `]` after the key of a table header"],
    [
      "an inline table over several lines",
      "a = {\nb = 1 }",
      "U001 1:6 an inline table must be closed on the line on which it begins",
    ],
    ["a key twice", "a = 1\n a = 2", "U001 2:2 this key or table is defined twice"],
    ["a table twice", "[a]\n[a]", "U001 2:2 this key or table is defined twice"],
    ["two keys in a line", "a = 1 b = 2", "U001 1:7 expected the end of the line"],
    ["a mode without quotes", "mode = 0644", "U001 1:8 a number may not begin with zero"],
    ["a day that does not exist", "a = 2023-02-31", "U001 1:14 this date does not exist"],
    ["NUL", "a = 'x\0'", 'U001 1:7 a control character; write it as \\uXXXX in a "string"'],
    ["a mistake after wide characters", "a = '😀' x", "U001 1:9 expected the end of the line"],
    ["a lone carriage return", "a = 1\rb = 2", "U001 1:7 expected the end of the line"],
    [
      "bytes that are not UTF-8",
      new Uint8Array([0x61, 0x20, 0x0a, 0xc3, 0xa9, 0xff, 0x3d]),
      "U002 2:2 the file is not UTF-8 from here on",
    ],
    ["half a character", new Uint8Array([0x23, 0x20, 0xe6, 0x97]), "U002 1:3 the file is not UTF-8 from here on"],
    ["deep lists", `a = ${"[".repeat(1e5)}`, "U003 1:69 lists and tables nest deeper than 64 levels"],
    ["deep keys", `a${".a".repeat(1e5)} = 1`, "U003 1:128 lists and tables nest deeper than 64 levels"],
    [
      "a header and keys that are deep together",
      `[a${".a".repeat(40)}]\nb${".b".repeat(40)} = 1`,
      "U003 2:47 lists and tables nest deeper than 64 levels",
    ],
    ["__proto__", "[a]\n__proto__.x = 1", "U004 2:1 a key may not be `__proto__`"],
    ["constructor", "[constructor]\nkeys = 1", "U004 1:2 a key may not be `constructor`"],
    ["an integer beyond 53 bits", "a = [1, 9007199254740992]", "U005 1:9 this integer is too large"],
    ["an integer beyond 64 bits", "a = 0xFFFFFFFFFFFFFFFFFF", "U005 1:5 this integer is too large"],
    ["a huge file", new Uint8Array(sizeLimit + 1), "U006 1:1 the file is larger than 1024 KiB"],
  ])("is reported with its place: %s", (_, source, expected) => {
    const found = mistakes(source);
    expect(found.map((one) => `${one.code} ${one.at[0]?.line}:${one.at[0]?.column} ${one.message}`)).toEqual([
      expected,
    ]);
  });

  test("does not stop a bracket in a string or comment from being text", () => {
    const brackets = "[".repeat(100);
    expect(mistakes(`a = '${brackets}' # ${brackets}\nb = """\n"${brackets}\\""""\nc = "\\"${brackets}"`)).toEqual([]);
  });

  test("reports every key that is refused", () => {
    expect(
      mistakes("__proto__ = 1\n[a.__proto__]\nb = { __proto__ = 1e1, c = 99999999999999999 }").map((m) => m.code),
    ).toEqual(["U004", "U004", "U004", "U005"]);
  });

  test.each(["[constructor]\npolluted = 1", "toString.polluted = 1", "a = { valueOf = { polluted = 1 } }"])(
    "never writes into what JavaScript's objects inherit, sound or not: %j",
    (text) => {
      const before = inherited();
      for (const rest of ["", "\n=", '\n"\\u0063onstructor".polluted = 1\n=']) {
        parseToml("machine.toml", text + rest, () => undefined);
      }
      expect(inherited()).toEqual(before);
    },
  );

  test("never throws and never pollutes a prototype, however it is broken", () => {
    const before = inherited();
    fc.assert(
      fc.property(mutated(), (text) => {
        const { report, all } = findings();
        const document = parseToml("machine.toml", text, report);
        expect(document === undefined).toBe(all.length > 0);
        for (const one of all) expect(one.at[0]?.line).toBeLessThanOrEqual(text.split("\n").length);
      }),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseToml("machine.toml", bytes, () => undefined)));
    expect(inherited()).toEqual(before);
  });
});

describe("the place of a value", () => {
  test("is text that means the value", () => {
    fc.assert(
      fc.property(fc.dictionary(key(), fc.dictionary(key(), value())), (tables) => {
        const text = textOf(tables);
        const document = read(text);
        expect(plain(document.value)).toEqual(plain(tables));
        for (const located of scalarsOf(document.root)) {
          expect(plain(read(`x = ${excerpt(text, located.origin)}`).value["x"])).toEqual(plain(located.value));
        }
      }),
    );
  });

  test("of a key is text that means the key", () => {
    fc.assert(
      fc.property(fc.dictionary(key(), fc.dictionary(key(), value())), (tables) => {
        const text = textOf(tables);
        const document = read(text);
        for (const [table, entries] of Object.entries(tables)) {
          expect(excerpt(text, document.locateKey([table]))).toBe(formatKey(table));
          for (const name of Object.keys(entries)) {
            expect(excerpt(text, document.locateKey([table, name]))).toBe(formatKey(name));
          }
        }
      }),
    );
  });
});

function read(text: string): Document {
  const { report, all } = findings();
  const document = parseToml("machine.toml", text, report);
  expect(all).toEqual([]);
  if (document === undefined) throw new Error("no document");
  return document;
}

function mistakes(source: string | Uint8Array): readonly Diagnostic[] {
  const { report, all } = findings();
  parseToml("machine.toml", source, report);
  return all;
}

/** The names of all properties of all that an object inherits. */
function inherited(): readonly string[] {
  return Object.getOwnPropertyNames(Object.prototype).flatMap((name) => {
    const value: unknown = Reflect.get(Object.prototype, name);
    const below = typeof value === "function" ? Reflect.ownKeys(value) : [];
    return [name, ...below.map((inner) => `${name}.${String(inner)}`)];
  });
}

function place(origin: Origin): string {
  return `${origin.line}:${origin.column}+${origin.length ?? 1}`;
}

/** The same data with ordinary prototypes, which `toEqual` tells apart. */
function plain(value: unknown): unknown {
  return structuredClone(value);
}

function excerpt(text: string, origin: Origin): string {
  const line = Array.from(text.split("\n")[origin.line - 1] ?? "");
  return line.slice(origin.column - 1, origin.column - 1 + (origin.length ?? 1)).join("");
}

function scalarsOf(located: Located): readonly Extract<Located, { readonly value: unknown }>[] {
  if (located.is === "table") return [...located.entries.values()].flatMap(scalarsOf);
  if (located.is === "list") return located.items.flatMap(scalarsOf);
  return [located];
}

function textOf(tables: Readonly<Record<string, Readonly<Record<string, unknown>>>>): string {
  return Object.entries(tables)
    .map(([table, entries]) => {
      const lines = Object.entries(entries).map(([name, entry]) => `${formatKey(name)} = ${formatToml(entry)}\n`);
      return `[${formatKey(table)}]\n${lines.join("")}`;
    })
    .join("\n");
}

function key(): fc.Arbitrary<string> {
  return fc.string({ unit: "grapheme" }).filter((name) => !(name in Object.prototype));
}

function value(): fc.Arbitrary<unknown> {
  return fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: "grapheme" }),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noInteger: true }),
      fc.boolean(),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(key(), tie("value"), { maxKeys: 4 }),
    ),
  })).value;
}

/** Pieces of TOML in any order, and sound declarations with a few characters changed. */
function mutated(): fc.Arbitrary<string> {
  const pieces = [
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "\n",
    "\r",
    " ",
    '"',
    "'",
    '"""',
    "'''",
    "\\",
    "\\u00",
    "#",
    "a",
    "b",
    "__proto__",
    "constructor",
    "prototype",
    "0",
    "1_0",
    "-",
    "+",
    "1e400",
    "inf",
    "nan",
    "true",
    "1979-05-27",
    "T07:32:00Z",
    "99999999999999999999",
    "0x",
    "\0",
    "\u{10ffff}",
    "é",
    "\ufeff",
  ];
  const sound =
    '[filesystems."/"]\ndevice = "UUID=0f3c"\noptions = ["ro", \'x\']\n[a.b]\nc.d = { e = 1, f = [true, 1.5] }\n[[t]]\nx = """\ny"""\n';
  const change = fc.tuple(fc.nat({ max: sound.length }), fc.nat({ max: 4 }), fc.constantFrom(...pieces, ""));
  return fc.oneof(
    fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join("")),
    fc
      .array(change, { minLength: 1, maxLength: 4 })
      .map((changes) =>
        changes.reduce((text, [at, length, piece]) => text.slice(0, at) + piece + text.slice(at + length), sound),
      ),
  );
}
