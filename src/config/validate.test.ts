import { describe, expect, test } from "vitest";
import * as z from "zod";
import { findings, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { merge } from "./merge.ts";
import { parseToml, type Document } from "./parse.ts";
import {
  absolutePath,
  deviceSpec,
  duration,
  moduleName,
  name,
  namedTables,
  relativeOrSysrootPath,
  setOf,
  table,
} from "./schema.ts";
import { setPredicate } from "./schema-walk.ts";
import { validate, type Valid } from "./validate.ts";

const access = z.union([z.boolean(), z.string().min(1)]).default(false);
const way = z.discriminatedUnion("by", [
  table({ by: z.literal("key-file"), file: relativeOrSysrootPath }),
  table({ by: z.literal("tpm2"), pcrs: z.array(z.int()).default([]) }),
]);
const schema = table({
  image: table({
    drivers: z.enum(["declared", "virtio", "host"]).default("virtio"),
    level: z.int().min(1).max(9).optional(),
  }).prefault({}),
  access,
  modules: table({ load: setOf(moduleName).default([]) }).prefault({}),
  luks: namedTables(
    name,
    table({
      device: deviceSpec.meta({ example: "UUID=…", instead: ["uuid"] }),
      ways: z.array(way).min(1).optional(),
      "device-timeout": duration.optional(),
    }),
  ).default({}),
  filesystems: namedTables(absolutePath, table({ type: z.string(), "device-timeout": duration.optional() }))
    .prefault({})
    .meta({ keyName: "PATH" }),
  dhcp: z.union([z.enum(["yes", "ipv4"]), table({ metric: z.int() })]).optional(),
}).superRefine((value, context) => {
  if (value.image.level === 5) {
    const params = { code: "U014", hint: "take four" };
    context.addIssue({ code: "custom", message: "five is right out", path: ["image", "level"], params });
  }
});

describe("a valid declaration", () => {
  test("has its defaults filled in, and still knows where each value was written", () => {
    const valid = check("[luks.root]\ndevice = '/dev/md0'\ndevice-timeout = '1min'\n").valid;
    expect(valid?.value).toMatchObject({
      image: { drivers: "virtio" },
      access: false,
      luks: { root: { device: { kind: "path", path: "/dev/md0" }, "device-timeout": 60 } },
    });
    expect(valid?.declared.originOf(["luks", "root", "device"])).toMatchObject({ line: 2, isDefault: false });
    expect(valid?.declared.originOf(["luks", "root", "ways"])).toMatchObject({ line: 1, isDefault: true });
  });
});

describe("a mistake", () => {
  test.each([
    [
      "a wrong kind",
      "modules.load = 'ext4'",
      "U010 1:16 `modules.load`: expected a list, got a string",
      'a list of one: ["ext4"]',
    ],
    [
      "a number for text",
      "filesystems.'/'.type = 5",
      'U010 1:24 `filesystems."/".type`: expected a string, got an integer',
      'write it in quotes: "5"',
    ],
    [
      "text for a number",
      "image.level = '5'",
      "U010 1:15 `image.level`: expected an integer, got a string",
      "write it without quotes: 5",
    ],
    [
      "a fraction for a whole number",
      "image.level = 1.5",
      "U010 1:15 `image.level`: expected an integer, got a float",
      undefined,
    ],
    ["a value for a table", "luks = 1", "U010 1:8 `luks`: expected a table, got an integer", undefined],
    [
      "an element of a wrong kind",
      "modules.load = ['a', []]",
      "U010 1:22 `modules.load[1]`: expected a string, got a list",
      undefined,
    ],
    ["a union's kinds", "access = 1", "U010 1:10 `access`: expected a boolean or a string, got an integer", undefined],
    [
      "a union's words",
      "dhcp = 'ipv5'",
      'U013 1:8 `dhcp`: expected "yes", "ipv4" or a table, got "ipv5"',
      'did you mean "ipv4"?',
    ],
    [
      "a union's table",
      "dhcp = { metric = 'x' }",
      "U010 1:19 `dhcp.metric`: expected an integer, got a string",
      undefined,
    ],
    [
      "infinity for a number",
      "luks.a.device = '/dev/x'\nluks.a.device-timeout = inf",
      "U010 2:25 `luks.a.device-timeout`: expected a string or a number, got `inf`",
      undefined,
    ],
    [
      "a misspelt word",
      "image.drivers = 'vitrio'",
      'U013 1:17 `image.drivers`: expected "declared", "virtio" or "host", got "vitrio"',
      'did you mean "virtio"?',
    ],
    [
      "a misspelt key",
      "[image]\ndriver = 'host'",
      "U011 2:1 unknown key `driver` in `image`",
      "did you mean `drivers`?",
    ],
    [
      "a key under another name",
      "luks.a.device = '/dev/x'\nluks.a.uuid = 'x'",
      "U011 2:8 unknown key `uuid` in `luks.a`",
      "did you mean `device`?",
    ],
    [
      "a key of other tables",
      "[image]\ndevice-timeout = 5",
      "U011 2:1 unknown key `device-timeout` in `image`",
      '`device-timeout` is a key of [luks.NAME] and [filesystems."PATH"]',
    ],
    [
      "a key like no other",
      "[modules]\nfoo = 5",
      "U011 2:1 unknown key `foo` in `modules`",
      "the only key here is `load`",
    ],
    [
      "a table like no other",
      "[foo]\nx = 1",
      "U011 1:2 unknown table `foo`",
      "the keys here are `image`, `access`, `modules`, `luks`, `filesystems` and `dhcp`",
    ],
    ["a key that is missing", "[luks.root]", "U012 1:2 `luks.root` lacks `device`", 'for example: device = "UUID=…"'],
    ["a number out of range", "image.level = 10", "U014 1:15 `image.level`: must be at most 9", undefined],
    [
      "a value that breaks a rule",
      "modules.load = ['ext4.ko']",
      'U014 1:17 `modules.load[0]`: a module is named without the ending of its file: "ext4"',
      undefined,
    ],
    [
      "a list that is empty",
      "luks.a.device = '/dev/x'\nluks.a.ways = []",
      "U014 2:15 `luks.a.ways`: may not be empty",
      undefined,
    ],
    ["an empty string in a union", "access = ''", "U014 1:10 `access`: may not be empty", undefined],
    [
      "a name that breaks a rule",
      "[luks.'a/b']\ndevice = '/dev/x'",
      'U015 1:7 `luks."a/b"`: a name may not contain a slash',
      undefined,
    ],
    [
      "a removal that is not plain",
      "[image]\nremove = 1",
      "U016 2:1 `remove` in `image` must be `true` and stand alone",
      "NAME = { remove = true } takes away what earlier files say of NAME",
    ],
    [
      "a variant that there is none of",
      "luks.a = { device = '/dev/x', ways = [{ by = 'tpm' }] }",
      'U013 1:46 `luks.a.ways[0].by`: expected "key-file" or "tpm2", got "tpm"',
      'did you mean "tpm2"?',
    ],
    [
      "a variant that is not said",
      "luks.a = { device = '/dev/x', ways = [{}] }",
      "U012 1:39 `luks.a.ways[0]` lacks `by`",
      undefined,
    ],
    [
      "a key of another variant",
      "luks.a = { device = '/dev/x', ways = [{ by = 'tpm2', file = 'x' }] }",
      "U011 1:54 unknown key `file` in `luks.a.ways[0]`",
      "`file` does not go with the other keys here",
    ],
    ["a feature's own rule", "image.level = 5", "U014 1:15 `image.level`: five is right out", "take four"],
  ])("is told in words of TOML: %s", (_, text, message, hint) => {
    const { found, valid } = check(text);
    expect(found.map((one) => `${one.code} ${one.at[0]?.line}:${one.at[0]?.column} ${one.message}`)).toEqual([message]);
    expect(found[0]?.hint).toBe(hint);
    expect(valid).toBeUndefined();
  });

  test("is reported together with all others, in the order of the text and of the files", () => {
    const { found } = check(
      "access = 1\n[luks.'a/b']\nuuid = 1\n[luks.c]\ndevice = 'uuid=x'\n[image]\nlevel = 0\n[zzz]\n",
      "[aaa]\n[filesystems.'/x/../y']\ntype = 1\n",
    );
    expect(found.map((one) => `${one.code} ${one.at[0]?.file}:${one.at[0]?.line}`)).toEqual([
      "U010 0.toml:1",
      "U012 0.toml:2",
      "U015 0.toml:2",
      "U011 0.toml:3",
      "U014 0.toml:5",
      "U014 0.toml:7",
      "U011 0.toml:8",
      "U011 1.toml:1",
      "U015 1.toml:2",
      "U010 1.toml:3",
    ]);
  });
});

function check(...texts: readonly string[]): {
  readonly found: readonly Diagnostic[];
  readonly valid: Valid<z.output<typeof schema>> | undefined;
} {
  const { report, all } = findings();
  const documents = texts
    .map((text, index) => parseToml(`${index}.toml`, text, report))
    .filter((document): document is Document => document !== undefined);
  return { valid: validate(schema, merge(documents, setPredicate(schema), report), report), found: all };
}
