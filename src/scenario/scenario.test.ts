import { describe, expect, it } from "vitest";
import * as z from "zod";
import { parseToml } from "../config/parse.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { forStageOne, readScenarios, type Scenario, scenarioSchema } from "./scenario.ts";

describe("readScenarios", () => {
  it("gives defaults for all that is not said", () => {
    const [scenario] = read("");
    expect(scenario).toMatchObject({
      name: "folder",
      machine: "machine.toml",
      sysroot: "trixie",
      vm: { memory: "512M", cpus: 1, type: "q35" },
      limit: 120,
      disk: [],
      expect: { end: "hand-over", "nothing-else-failed": true },
    });
  });

  it("reads a world and what must come true in it", () => {
    const [scenario] = read(world);
    expect(scenario?.disk[0]?.partition?.[0]?.content).toMatchObject({
      type: "luks",
      version: 2,
      content: { type: "btrfs" },
    });
    expect(scenario?.type).toEqual([{ when: "Please enter", at: "console", text: "geheim", after: 60 }]);
    expect(scenario?.expect.mounts).toEqual({ "/": { type: "btrfs", subvol: "@ root" } });
    expect(scenario?.expect.wait).toEqual([{ of: "luks:root", "at-least": 60 }]);
  });

  it("makes a scenario of each variant, with tables merged, named disks merged by name, other lists replaced", () => {
    const [base, changed] = read(`${world}
[variant.changed]
kernel = "generic"
missing = ["main"]
expect.end = "emergency"
expect.mounts = { remove = true }
type = []
[[variant.changed.disk]]
name = "main"
size = "1G"
[[variant.changed.disk]]
name = "more"
size = "8M"
[variant.changed.override.luks.root]
key-file = { remove = true }
`);
    expect(base?.kernel).toBeUndefined();
    expect(changed).toMatchObject({
      name: "folder/changed",
      kernel: "generic",
      missing: ["main"],
      type: [],
      append: "quiet",
    });
    expect(changed?.expect).toMatchObject({ end: "emergency", wait: [{ of: "luks:root" }] });
    expect(changed?.expect.mounts).toBeUndefined();
    expect(changed?.disk).toMatchObject([
      { name: "main", size: "1G", partition: [{ name: "root" }] },
      { name: "more" },
    ]);
    expect(changed?.override).toEqual({ luks: { root: { "key-file": { remove: true } } } });
  });

  it("leaves out what stands outside of variants when asked", () => {
    const names = read("only-variants = true\n[variant.a]\n[variant.b]\n").map(({ name }) => name);
    expect(names).toEqual(["folder/a", "folder/b"]);
  });

  it.each<[string, string, string, number, string]>([
    ["an unknown key", "kernal = 'cloud'", "U671", 1, "there is no key `kernal` here"],
    ["an unknown assertion", "[expect]\nend = 'panic'\nmount.'/' = {}", "U671", 3, "there is no key `mount` here"],
    [
      "an unknown part of an assertion",
      "[expect.mounts.'/']\nfstype = 'ext4'",
      "U671",
      2,
      "there is no key `fstype` here",
    ],
    [
      "an unknown key of a disk",
      "[[disk]]\nname = 'a'\nsize = '1M'\nlabel = 'x'",
      "U671",
      4,
      "there is no key `label` here",
    ],
    [
      "an unknown key deep in a disk",
      "[[disk]]\nname = 'a'\nsize = '64M'\n[disk.content]\ntype = 'luks'\nkeys = [{ passphrase = 'x' }]\n[disk.content.content]\ntype = 'ext4'\nfils = 1",
      "U671",
      9,
      "there is no key `fils` here",
    ],
    [
      "a file with an unknown key",
      "[[disk]]\nname = 'a'\nsize = '64M'\n[disk.content]\ntype = 'ext4'\n[disk.content.files.'/x']\ntext = ''\nmod = '0600'",
      "U671",
      8,
      "there is no key `mod` here",
    ],
    ["an unknown key of a variant", "[variant.x]\nkernal = 1", "U671", 2, "there is no key `kernal` here"],
    ["a moment that is none", "[[nic]]\ncarrier = 'later'", "U670", 2, 'a moment is "6s" after the start'],
    ["a port that nothing forwards", "[[client]]\ncommand = ['nc', '{port}']", "U687", 2, "{port} stands for a port"],
    [
      "another port than is forwarded",
      "[[nic]]\nforward = [22]\n[[client]]\ncommand = ['nc', '{port:23}']",
      "U687",
      4,
      "{port:23} stands for a port",
    ],
    ["an address of another subnet", "[[nic]]\naddress = '192.168.0.1'", "U688", 2, "is not in 10.0.2.0/24"],
    ["a port forwarded twice", "[[nic]]\nforward = [22]\n[[nic]]\nforward = [22]", "U688", 4, "forwarded twice"],
    ["a card that has no place", "[vm]\ntype = 'microvm'\n[[nic]]\nmodel = 'e1000e'", "U688", 4, "no PCI bus"],
    [
      "a server elsewhere",
      "[[nic]]\n[[nic.server]]\naddress = '10.0.3.4'\nport = 1\ncommand = ['a']",
      "U688",
      3,
      "10.0.3.4 is not in 10.0.2.0/24",
    ],
    [
      "a server at the gateway",
      "[[nic]]\nsubnet = '10.1.0.0/16'\naddress = '10.1.0.9'\n[[nic.server]]\naddress = '10.1.2.2'\nport = 1\ncommand = ['a']",
      "U688",
      4,
      "the gateway or name server",
    ],
    ["a fault of no disk", "[fault.data]\nread-only = true", "U689", 1, "there is no disk data"],
    [
      "an unknown fault",
      "[[disk]]\nname = 'a'\nsize = '1M'\n[fault.a]\nbroken = true",
      "U671",
      5,
      "there is no key `broken` here",
    ],
    [
      "a bad sector behind the end",
      "[[disk]]\nname = 'a'\nsize = '1M'\n[fault.a]\nbad-sectors = ['2047', '2048']",
      "U689",
      5,
      "disk a has 2048 sectors",
    ],
    [
      "a disk that returns and never left",
      "[[disk]]\nname = 'a'\nsize = '1M'\n[fault.a]\nreturns = '3s'",
      "U689",
      5,
      "disk a never leaves",
    ],
    [
      "a disk plugged into a microvm",
      "[vm]\ntype = 'microvm'\n[[disk]]\nname = 'a'\nsize = '1M'\n[[then]]\nfault.a.arrives = '3s'",
      "U689",
      7,
      "nothing can be plugged into a microvm",
    ],
    ["a power cut without that end", "power-cut = '3s'", "U690", 1, 'expect.end = "power-cut"'],
    ["that end without a power cut", "[[then]]\nexpect.end = 'power-cut'", "U690", 2, "there is no `power-cut`"],
    ["an unknown key of a later boot", "[[then]]\nsysroot = 'trixie'", "U671", 2, "there is no key `sysroot` here"],
    ["SMBIOS without SMBIOS", "[vm]\ntype = 'microvm'\n[credentials]\na = 'x'", "U694", 4, "has no SMBIOS"],
    ["a TPM without a place", "tpm = true\nvm.type = 'microvm'", "U695", 1, "a microvm has no tpm"],
    [
      "blanks on the command line",
      "[credentials]\na = { value = 'x y', by = 'command-line' }",
      "U694",
      2,
      "has no blank and no quote",
    ],
    ["the state of no disk", "[expect]\ndisks.data.state = 'clean'", "U696", 2, "there is no disk data"],
    ["an end that does not exist", "[expect]\nend = 'fine'", "U670", 2, ""],
    ["a time that is none", "limit = 'soon'", "U670", 1, "a time here is written as"],
    ["a size that is none", "[[disk]]\nname = 'a'\nsize = 'big'", "U670", 3, "a size is a whole number"],
    [
      "a path that leaves a disk",
      "[[disk]]\nname = 'a'\nsize = '8M'\n[disk.content]\ntype = 'ext4'\nfiles.'/a/../b' = ''",
      "U670",
      6,
      "a path here is absolute",
    ],
    ["a path that leaves the folder", "machine = '../other.toml'", "U670", 1, "stays below"],
    [
      "a regular expression that is none",
      "[expect]\nconsole.matches = ['(']",
      "U670",
      2,
      "this is not a regular expression",
    ],
    ["a missing disk that is not there", "missing = ['data']", "U672", 1, "there is no disk data"],
    ["a wait without bounds", "[[expect.wait]]\nof = 'a'", "U673", 1, "a wait needs"],
    ["a wait that no time keeps", "[[expect.wait]]\nof = 'a'\nat-least = '2s'\nat-most = '1s'", "U673", 1, "no time"],
    ["a pair of one", "[expect]\noverlap = [['a', 'a']]", "U674", 2, "a is compared with itself"],
    [
      "two disks of one name",
      "[[disk]]\nname = 'a'\nsize = '1M'\n[[disk]]\nname = 'a'\nsize = '1M'",
      "U658",
      5,
      "two disks are named a",
    ],
    [
      "a partition beyond its disk",
      "[[disk]]\nname = 'a'\nsize = '8M'\n[[disk.partition]]\nsize = '8M'",
      "U653",
      4,
      "partition 1 of disk a ends at 9 MiB, the room at 7 MiB",
    ],
    ["a partition that has no room left", "[[disk]]\nname = 'a'\nsize = '2M'\n[[disk.partition]]", "U653", 4, ""],
    [
      "a partition without size before another",
      "[[disk]]\nname = 'a'\nsize = '8M'\n[[disk.partition]]\n[[disk.partition]]",
      "U654",
      4,
      "only the last",
    ],
    [
      "partitions and a content",
      "[[disk]]\nname = 'a'\nsize = '8M'\ncontent.type = 'empty'\n[[disk.partition]]",
      "U652",
      1,
      "both",
    ],
    [
      "a container too small for what is in it",
      "[[disk]]\nname = 'a'\nsize = '32M'\ncontent = { type = 'luks', keys = [{ passphrase = 'x' }], content = { type = 'ext4' } }",
      "U653",
      4,
      "luks takes at least 33 MiB, there are 32 MiB",
    ],
    [
      "a label on LUKS1",
      "[[disk]]\nname = 'a'\nsize = '40M'\ncontent = { type = 'luks', version = 1, label = 'x', keys = [{ passphrase = 'x' }], content = { type = 'ext4' } }",
      "U655",
      4,
      "label is for LUKS version 2 only",
    ],
    [
      "a blank in a name on xfs",
      "[[disk]]\nname = 'a'\nsize = '32M'\ncontent = { type = 'xfs', files = { '/a b' = '' } }",
      "U656",
      4,
      "blank",
    ],
    [
      "a link on vfat",
      "[[disk]]\nname = 'a'\nsize = '32M'\ncontent = { type = 'vfat', files = { '/a' = { link = 'b' } } }",
      "U656",
      4,
      "vfat has no links",
    ],
    [
      "a default subvolume that is none",
      "[[disk]]\nname = 'a'\nsize = '128M'\ncontent = { type = 'btrfs', default-subvolume = '@' }",
      "U657",
      4,
      "there is no subvolume @",
    ],
    [
      "a label too long for its file system",
      "[[disk]]\nname = 'a'\nsize = '32M'\ncontent = { type = 'xfs', label = 'thirteen-long' }",
      "U670",
      4,
      "at most 12 bytes",
    ],
    [
      "two key files of one name",
      "[[disk]]\nname = 'a'\nsize = '64M'\ncontent = { type = 'luks', keys = [{ file = 'k', text = '1' }, { file = 'k', text = '2' }], content = { type = 'ext4' } }",
      "U658",
      1,
      "are named k",
    ],
  ])("refuses %s at its line", (_, text, code, line, message) => {
    const findings = mistakes(text);
    expect(findings.map(({ code, at }) => [code, at[0]?.line])).toEqual([[code, line]]);
    expect(findings[0]?.message).toContain(message);
  });

  it("reports a mistake of the base once, however many variants share it", () => {
    expect(mistakes("limit = 'soon'\n[variant.a]\n[variant.b]\n")).toHaveLength(1);
  });

  it("keeps the variants that are right when another is wrong", () => {
    const findings: Diagnostic[] = [];
    const document = parseToml("scenario.toml", "[variant.a]\nkernel = 'x y'\n[variant.b]\n", (one) =>
      findings.push(one),
    );
    const names = document && readScenarios(document, "f", (one) => findings.push(one)).map(({ name }) => name);
    expect(names).toEqual(["f", "f/b"]);
    expect(findings).toHaveLength(1);
  });

  it("tells where an expectation is written, in the variant or in what all share", () => {
    const [, variant] = read("[expect]\nend = 'hand-over'\nprompts = 1\n[variant.a]\nexpect.prompts = 2\n");
    expect(variant?.locate(["expect", "prompts"]).line).toBe(5);
    expect(variant?.locate(["expect", "end"]).line).toBe(2);
  });

  it("has a JSON Schema", () => {
    const schema = z.toJSONSchema(scenarioSchema, { io: "input" });
    expect(Object.keys(schema.properties ?? {})).toContain("expect");
  });
});

const world = `
append = "quiet"
files."keys/extra" = "x"

[[disk]]
name = "main"
size = "256M"
[[disk.partition]]
name = "root"
content = { type = "luks", keys = [{ passphrase = "geheim" }], content = { type = "btrfs", subvolumes = { "@ root" = { fill = "stage-two" } } } }

[[type]]
when = "Please enter"
text = "geheim"
after = "1min"

[expect.mounts."/"]
type = "btrfs"
subvol = "@ root"

[[expect.wait]]
of = "luks:root"
at-least = "60s"
`;

function read(text: string): readonly Scenario[] {
  const document = parseToml("scenario.toml", text, fail);
  return document === undefined ? [] : readScenarios(document, "folder", fail);
}

function mistakes(text: string): readonly Diagnostic[] {
  const findings: Diagnostic[] = [];
  const document = parseToml("scenario.toml", text, fail);
  if (document !== undefined) readScenarios(document, "folder", (finding) => findings.push(finding));
  return findings;
}

function fail(finding: Diagnostic): void {
  throw new Error(finding.message);
}

describe("what is expected otherwise of one stage one", () => {
  it("is laid over what is expected of both, and found at its own line", () => {
    const [scenario] = read(
      '[expect]\nprompts = 1\nconsole = { includes = ["a"] }\n[expect.scripted]\nconsole = { includes = ["b"] }\nprompts = { remove = true }\n',
    );
    if (scenario === undefined) throw new Error("no scenario");
    expect(forStageOne(scenario, "systemd").expect).toMatchObject({ prompts: 1, console: { includes: ["a"] } });
    const scripted = forStageOne(scenario, "scripted");
    expect(scripted.expect.prompts).toBeUndefined();
    expect(scripted.expect.console).toEqual({ includes: ["b"] });
    expect(scripted.locate(["expect", "console", "includes", 0]).line).toBe(5);
    expect(scripted.locate(["expect", "end"]).line).toBe(scenario.locate(["expect", "end"]).line);
  });

  it("is laid over the expectation of a later boot too", () => {
    const [scenario] = read("[[then]]\n[then.expect]\nprompts = 1\n[then.expect.scripted]\nprompts = 2\n");
    if (scenario === undefined) throw new Error("no scenario");
    expect(forStageOne(scenario, "systemd").then[0]?.expect.prompts).toBe(1);
    const scripted = forStageOne(scenario, "scripted");
    expect(scripted.then[0]?.expect.prompts).toBe(2);
    expect(scripted.locate(["then", 0, "expect", "prompts"]).line).toBe(5);
  });

  it("is as strict as the rest", () => {
    expect(mistakes("[expect.scripted]\nprompt = 1\n")).toHaveLength(1);
    expect(mistakes("[[then]]\n[then.expect.scripted]\nprompt = 1\n")).toMatchObject([{ code: "U671" }]);
    const cut = mistakes("[expect.scripted]\nend = 'power-cut'\n");
    expect(cut.map(({ code, at }) => [code, at[0]?.line])).toEqual([["U690", 2]]);
  });
});
