import { expect, test } from "vitest";
import type { StageTwo } from "../scenario/stage-two-report.ts";
import { measured, overlapOf, type MeasuredBoot } from "./measured.ts";
import { measuredLead, measuredSections } from "./measured-document.ts";
import { documentHtml } from "./html.ts";
import { documentText } from "./text.ts";

const seen: StageTwo = {
  commandLine: "console=ttyS0",
  mounts: [
    { path: "/", source: "/dev/mapper/root", type: "ext4", options: ["rw", "noatime", "rw"] },
    { path: "/dev", source: "devtmpfs", type: "devtmpfs", options: ["rw"] },
  ],
  modules: ["dm_crypt", "ext4"],
  parameters: new Map([
    ["dm_crypt.max_read_size", "0"],
    ["fuse.max_user_bgreq", "145"],
  ]),
  mappings: [
    { device: "dm-0", name: "lower", uuid: "CRYPT-LUKS2-a", below: ["vda"] },
    { device: "dm-1", name: "root", uuid: "CRYPT-LUKS2-b", below: ["dm-0"] },
  ],
  swap: [],
  files: new Map(),
  links: [],
  routes: [],
};

const booted: MeasuredBoot = {
  outcome: "hand-over",
  because: "the real root's init reported",
  steps: [
    { id: "luks:root", begin: 0.5, end: 2, result: "done" },
    { id: "module:x", begin: 1, end: 1.5, result: "done" },
  ],
  handOver: 2.5,
  stageTwo: 3,
  memory: 64 * 1024 ** 2,
  seen,
};

const compared = (scripted: Partial<StageTwo>, declaredModules: readonly string[] = []) =>
  measured(
    { systemd: booted, scripted: { ...booted, seen: { ...seen, ...scripted } } },
    { clock: "counted", declaredModules },
  );

function text(of: ReturnType<typeof measured>, width = 100): string {
  const document = { title: "t", lead: [measuredLead(of)], sides: ["systemd", "the script"] as const };
  return documentText({ ...document, sections: measuredSections(of) }, { width, colour: false });
}

function page(of: ReturnType<typeof measured>): string {
  return documentHtml({ title: "t", lead: [], sides: ["a", "b"], sections: measuredSections(of) });
}

test("two boots that lead to the same differ in nothing, whatever the order and the numbers of what they made", () => {
  const result = compared({
    mounts: [
      { path: "/", source: "/dev/mapper/root", type: "ext4", options: ["noatime", "rw"] },
      { path: "/", source: "none", type: "rootfs", options: [] },
    ],
    mappings: [
      { device: "dm-0", name: "root", uuid: "CRYPT-LUKS2-b", below: ["dm-1"] },
      { device: "dm-1", name: "lower", uuid: "CRYPT-LUKS2-a", below: ["vda"] },
    ],
    modules: ["ext4"],
    parameters: new Map([["fuse.max_user_bgreq", "146"]]),
  });
  expect(result.differences).toEqual([]);
  expect(result.onPurpose.map(({ what }) => what)).toEqual([
    "mount /dev",
    "module dm_crypt",
    "parameter fuse.max_user_bgreq",
  ]);
  expect(text(result)).toContain("Booted: both handed over, and the real system finds the same after either.");
});

test.each<[string, Partial<StageTwo>, readonly string[], string]>([
  [
    "a mount's options",
    { mounts: [{ path: "/", source: "/dev/mapper/root", type: "ext4", options: ["ro"] }] },
    [],
    "mount /",
  ],
  ["a mount that is not there", { mounts: [] }, [], "mount /"],
  [
    "a mapping on another device",
    { mappings: [{ device: "dm-1", name: "root", uuid: "CRYPT-LUKS2-b", below: ["vdb"] }] },
    [],
    "mapping root",
  ],
  ["a parameter", { parameters: new Map([["dm_crypt.max_read_size", "1"]]) }, [], "parameter dm_crypt.max_read_size"],
  ["a declared module", { modules: ["ext4"] }, ["dm-crypt"], "module dm_crypt"],
  ["swap", { swap: ["/dev/vdb"] }, [], "swap /dev/vdb"],
  ["the command line", { commandLine: "console=ttyS0 ro" }, [], "the kernel command line"],
])("%s is a difference with a name", (_, scripted, declared, name) => {
  const result = compared(scripted, declared);
  expect(result.differences.map(({ what }) => what)).toContain(name);
  expect(page(result)).toContain(`<dt>${name}</dt>`);
});

test("a stage one that did not hand over is the first difference, and nothing is said of what was not seen", () => {
  const { seen: _, ...lost } = { ...booted, outcome: "emergency", because: "it gave up" };
  const result = measured({ systemd: booted, scripted: lost }, { clock: "real", declaredModules: [] });
  expect(result.differences).toEqual([{ what: "the end of the boot", systemd: "hand-over", scripted: "emergency" }]);
  expect(text(result)).toContain("emergency: it gave up");
  expect(text(result)).toContain("One of the two did not report what it finds.");
});

test("overlap is the time in which two spans or more run, each moment once", () => {
  const spans = [
    [0, 4],
    [1, 3],
    [2, 5],
    [5, 6],
  ].map(([begin = 0, end = 0]) => ({ begin, end }));
  expect(overlapOf(spans)).toBe(3);
  expect(overlapOf([])).toBe(0);
  expect(compared({}).systemd.overlap).toBe(0.5);
});

test("the text fits its width, with a bar for each side of each step", () => {
  const shown = text(compared({}), 60);
  expect(Math.max(...shown.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(60);
  expect(shown).toMatch(/^luks:root +systemd +0\.50 → 2\.00 +━+$/m);
  expect(shown).toMatch(/^ +the script +0\.50 → 2\.00 +━+$/m);
});

test("a step's name is nothing but text in the page", () => {
  const steps = [{ id: '<b onload="x">:y', begin: 0, end: 1, result: "<i>" }];
  const result = measured({ systemd: { ...booted, steps }, scripted: booted }, { clock: "real", declaredModules: [] });
  expect(page(result)).not.toMatch(/<b |, <i>/);
  expect(page(result)).toContain("&lt;b onload");
});
