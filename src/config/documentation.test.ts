import { describe, expect, test } from "vitest";
import * as z from "zod";
import { findings } from "../diagnostics/diagnostic.ts";
import { jsonSchema } from "./json-schema.ts";
import { parseToml } from "./parse.ts";
import { referencePage } from "./reference.ts";
import { deviceSpec, duration, name, namedTables, setOf, table } from "./schema.ts";

const schema = table({
  image: table({ drivers: z.enum(["virtio", "host"]).default("virtio").meta({ description: "Which drivers." }) })
    .prefault({})
    .meta({ description: "The image." }),
  luks: namedTables(
    name,
    table({
      device: deviceSpec.meta({ description: "The device.", example: "UUID=…" }),
      options: setOf(z.string())
        .default([])
        .meta({ example: ["discard"] }),
      "device-timeout": duration.optional(),
      tpm: z.union([z.boolean(), table({ pcrs: z.array(z.int()) }).meta({ description: "How." })]).optional(),
    }),
  )
    .prefault({})
    .meta({ description: "An encrypted device." }),
  sysctl: z
    .record(z.string(), z.union([z.string(), z.int()]))
    .prefault({})
    .meta({
      description: "Kernel parameters.",
      keyName: "PARAMETER",
      example: { "kernel.printk": "4" },
    }),
});

describe("the reference of the declaration", () => {
  const page = referencePage(schema);

  test("has a section for each table, in the order of the schema, with every key", () => {
    expect(page.split("\n").filter((line) => /^(##|-) /.test(line))).toEqual([
      "## `[image]`",
      '- `drivers` ("virtio" or "host"; default `"virtio"`): Which drivers.',
      "## `[luks.NAME]`",
      "- `device` (device; required): The device.",
      "- `options` (list of string; a set; default `[]`)",
      "- `device-timeout` (time span; optional)",
      "- `tpm` (boolean or table; optional)",
      "## `[luks.NAME.tpm]`",
      "- `pcrs` (list of integer; required)",
      "## `[sysctl]`",
      "- `PARAMETER` (string or integer; any number of them)",
    ]);
    expect(page).toContain("\n\nAn encrypted device.\n\n");
  });

  test("has examples that are TOML", () => {
    const examples = [...page.matchAll(/```toml\n([^`]*)```/g)].map((match) => match[1] ?? "");
    expect(examples).toEqual([
      '[luks.NAME]\ndevice = "UUID=…"\noptions = ["discard"]\n',
      '[sysctl]\n"kernel.printk" = "4"\n',
    ]);
    const { report, all } = findings();
    for (const example of examples) parseToml("example.toml", example, report);
    expect(all).toEqual([]);
  });
});

describe("the schema for editors", () => {
  const json = jsonSchema(schema, { id: "urn:example", title: "A declaration" });

  test("says which draft it is of, and what it is", () => {
    expect(json).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: "urn:example",
      title: "A declaration",
      type: "object",
      additionalProperties: false,
    });
    expect(json.required ?? []).toEqual([]);
  });

  test("describes what a person writes, not what becomes of it", () => {
    expect(json).toHaveProperty(["properties", "luks", "additionalProperties", "anyOf", 0, "properties", "device"], {
      type: "string",
      title: "device",
      description: "The device.",
      examples: ["UUID=…"],
    });
  });

  test("allows the removal of a named table", () => {
    expect(json).toHaveProperty(["properties", "luks", "additionalProperties", "anyOf", 1, "required"], ["remove"]);
  });

  test("holds nothing that is ours alone", () => {
    const text = JSON.stringify(json);
    for (const own of ['"set"', '"instead"', '"keyName"', '"example"']) expect(text).not.toContain(own);
  });
});
