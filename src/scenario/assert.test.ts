import { describe, expect, it } from "vitest";
import { observed } from "../testing/observed-boot.ts";
import { judge } from "./assert.ts";
import { type Expectation, expectationSchema } from "./expectation.ts";
import type { ObservedJob } from "./observed.ts";

describe("judge", () => {
  it("finds nothing wrong with a boot of which nothing is asked", () => {
    expect(judge(expectation({}), observed())).toEqual([]);
  });

  it("names the end that was not expected, with the console's last lines", () => {
    const boot = observed({ end: "emergency", console: "a\nb\nYou are in emergency mode.\n" });
    expect(judge(expectation({}), boot)).toEqual([
      { path: ["end"], expected: "hand-over", found: "emergency", near: ["a", "b", "You are in emergency mode."] },
    ]);
    expect(judge(expectation({ end: "emergency" }), boot)).toEqual([]);
  });

  it("says once that stage two was not reached, not once for each thing it would have told", () => {
    const { stageTwo: _, ...without } = observed({ end: "time-out" });
    const asked = expectation({ mounts: { "/": { type: "ext4" } }, modules: { ext4: "loaded" } });
    expect(judge(asked, without).map(({ path }) => path)).toEqual([["end"]]);
    expect(judge(asked, { ...without, end: "hand-over" })).toMatchObject([{ path: ["mounts"], found: "none" }]);
  });

  it("fails when nobody was asked as often as expected", () => {
    holds({ prompts: 1 });
    fails({ prompts: 2 }, ["prompts"], "2 prompts", "1 prompts");
  });
});

describe("judge, of a machine that is off,", () => {
  it("names the way it went off and the state of a disk that were not expected", () => {
    const disks = new Map([["main", { type: "ext4", state: "dirty" } as const]]);
    const off = observed({ shutdown: "reboot", disks });
    expect(judge(expectation({ shutdown: "reboot", disks: { main: { state: "dirty" } } }), off)).toEqual([]);
    expect(judge(expectation({ shutdown: "power-off", disks: { main: { state: "clean" } } }), off)).toEqual([
      { path: ["shutdown"], expected: "power-off", found: "reboot", near: [] },
      { path: ["disks", "main", "state"], expected: "main is clean", found: "ext4, dirty", near: [] },
    ]);
  });

  it("takes a disk that nobody can read for neither clean nor dirty", () => {
    const disks = new Map([["main", { type: "unknown", state: "unknown" } as const]]);
    expect(judge(expectation({ disks: { main: { state: "dirty" } } }), observed({ disks }))).toMatchObject([
      { found: "neither ext4 nor md" },
    ]);
  });
});

describe("judge, of mounts,", () => {
  it("holds for source, type, options and subvolume as they are", () => {
    holds({
      mounts: {
        "/": {
          source: "/dev/mapper/root",
          type: "btrfs",
          subvol: "@ root",
          "options-include": ["ro", "compress=zstd:3"],
          "options-exclude": ["rw"],
        },
        "/mnt/with blank": { source: "/dev/vda2" },
        "/home": "absent",
      },
    });
  });

  it("takes a mapping by either of its names", () => {
    holds({ mounts: { "/": { source: "/dev/dm-0" } } });
  });

  it("judges what is mounted on top", () => {
    fails({ mounts: { "/run": { type: "tmpfs" } } }, ["mounts", "/run", "type"], "tmpfs", "ramfs");
  });

  it.each<[string, unknown, readonly string[], string, string]>([
    ["another source", { "/": { source: "/dev/vda" } }, ["/", "source"], "/dev/vda", "/dev/mapper/root"],
    ["another type", { "/": { type: "ext4" } }, ["/", "type"], "ext4", "btrfs"],
    [
      "a missing option",
      { "/": { "options-include": ["rw"] } },
      ["/", "options-include"],
      "rw",
      "ro,relatime,ro,compress=zstd:3,subvolid=256,subvol=/@ root",
    ],
    [
      "an unwanted option",
      { "/": { "options-exclude": ["relatime"] } },
      ["/", "options-exclude"],
      "no relatime",
      "ro,relatime,ro,compress=zstd:3,subvolid=256,subvol=/@ root",
    ],
    ["another subvolume", { "/": { subvol: "@" } }, ["/", "subvol"], "@", "@ root"],
    ["no subvolume at all", { "/run": { subvol: "@" } }, ["/run", "subvol"], "@", "no subvolume"],
    ["a mount that should not be", { "/run": "absent" }, ["/run"], "nothing mounted at /run", "/run: ramfs from ramfs"],
    ["a missing mount", { "/home": {} }, ["/home"], "a mount at /home", "none"],
  ])("fails for %s", (_, mounts, path, expected, found) => {
    fails({ mounts }, ["mounts", ...path], expected, found);
  });

  it("shows mounts with a like path when one is missing", () => {
    expect(judge(expectation({ mounts: { "/mnt/with": {} } }), observed())[0]?.near).toEqual([
      "/mnt/with blank: ext4 from /dev/vda2",
    ]);
  });
});

describe("judge, of mappings, modules and swap,", () => {
  it("holds for what is so", () => {
    holds({
      mappings: { root: { type: "crypt-luks2", on: "vda" }, home: "absent" },
      "mapping-count": 1,
      modules: { "dm-crypt": "loaded", dm_crypt: "loaded", nouveau: "absent" },
      "module-parameters": { "kvm_amd.nested": "1", "printk.time": "Y" },
      swap: ["/dev/vda3"],
    });
  });

  it.each<[string, unknown, readonly string[], string, string]>([
    [
      "another type of mapping",
      { mappings: { root: { type: "lvm" } } },
      ["mappings", "root", "type"],
      "lvm",
      "CRYPT-LUKS2-0a-root",
    ],
    [
      "a type that another only begins with",
      { mappings: { root: { type: "crypt-luks" } } },
      ["mappings", "root", "type"],
      "crypt-luks",
      "CRYPT-LUKS2-0a-root",
    ],
    ["another device below", { mappings: { root: { on: "vdb" } } }, ["mappings", "root", "on"], "vdb", "vda"],
    ["a missing mapping", { mappings: { home: {} } }, ["mappings", "home"], "a mapping home", "none"],
    [
      "a mapping that should not be",
      { mappings: { root: "absent" } },
      ["mappings", "root"],
      "no mapping root",
      "root: CRYPT-LUKS2-0a-root on vda",
    ],
    ["one mapping too many", { "mapping-count": 0 }, ["mapping-count"], "0 mappings", "1"],
    [
      "a module that is not loaded",
      { modules: { xfs: "loaded" } },
      ["modules", "xfs"],
      "loaded",
      "not loaded (or built in)",
    ],
    ["a module that is", { modules: { "dm-crypt": "absent" } }, ["modules", "dm-crypt"], "absent", "loaded"],
    [
      "another parameter",
      { "module-parameters": { "kvm_amd.nested": "0" } },
      ["module-parameters", "kvm_amd.nested"],
      "0",
      "1",
    ],
    [
      "no such parameter",
      { "module-parameters": { "kvm_amd.nestd": "1" } },
      ["module-parameters", "kvm_amd.nestd"],
      "1",
      "no such parameter",
    ],
    ["other swap", { swap: [] }, ["swap"], "no swap", "/dev/vda3"],
  ])("fails for %s", (_, wanted, path, expected, found) => {
    fails(wanted, path, expected, found);
  });

  it("names the parameter that was meant", () => {
    const [failure] = judge(expectation({ "module-parameters": { "kvm_amd.nestd": "1" } }), observed());
    expect(failure?.near).toEqual(["kvm_amd.nested"]);
  });
});

describe("judge, of files,", () => {
  it("holds for what is so", () => {
    holds({
      files: {
        "/etc/secret": {
          type: "file",
          mode: "0600",
          owner: "0:7",
          text: "a\nend\n",
          includes: ["end"],
          sha256: "a".repeat(64),
        },
        "/etc/link": { target: "secret" },
        "/etc": { type: "directory", mode: "755" },
        "/nowhere": "absent",
      },
    });
  });

  it.each<[string, unknown, readonly string[], string, string]>([
    ["another mode", { "/etc/secret": { mode: "0644" } }, ["/etc/secret", "mode"], "0644", "0600"],
    ["another owner", { "/etc/secret": { owner: "0:0" } }, ["/etc/secret", "owner"], "0:0", "0:7"],
    ["another type", { "/etc": { type: "file" } }, ["/etc", "type"], "file", "directory"],
    ["another text", { "/etc/secret": { text: "a\n" } }, ["/etc/secret", "text"], '"a\\n"', '"a\\nend\\n"'],
    [
      "a part that is not there",
      { "/etc/secret": { includes: ["x"] } },
      ["/etc/secret", "includes"],
      '"x"',
      '"a\\nend\\n"',
    ],
    [
      "another digest",
      { "/etc/secret": { sha256: "b".repeat(64) } },
      ["/etc/secret", "sha256"],
      "b".repeat(64),
      "a".repeat(64),
    ],
    ["another target", { "/etc/link": { target: "x" } }, ["/etc/link", "target"], "x", "secret"],
    ["a target of no link", { "/etc": { target: "x" } }, ["/etc", "target"], "x", "a directory"],
    ["a file that is not there", { "/nowhere": {} }, ["/nowhere"], "a file /nowhere", "nothing there"],
    [
      "a file that is",
      { "/etc/link": "absent" },
      ["/etc/link"],
      "nothing there",
      "a symlink of mode 0777, 0:0, 6 bytes",
    ],
  ])("fails for %s", (_, files, path, expected, found) => {
    fails({ files }, ["files", ...path], expected, found);
  });
});

describe("judge, of units and steps,", () => {
  const jobs: readonly ObservedJob[] = [
    { unit: "a.service", step: "luks:a", type: "start", result: "done", began: 1, ended: 3 },
    { unit: "b.service", type: "start", result: "done", began: 2, ended: 4 },
    { unit: "c.service", step: "luks:c", type: "start", result: "done", began: 4, ended: 5.5 },
    { unit: "d.device", type: "start", result: "timeout", began: 1, ended: 6 },
    { unit: "e.mount", step: "mount:/e", type: "start", result: "dependency", ended: 6 },
    { unit: "f.service", type: "start", result: "skipped" },
    { unit: "g.service", type: "start", result: "failed" },
    { unit: "h.service", type: "start" },
    { unit: "a.service", type: "stop", result: "failed" },
  ];
  const world = observed({
    jobs,
    failures: [{ unit: "b.service", result: "signal" }],
    journal: [
      { text: "g: cannot open", unit: "g.service" },
      { text: "g: giving up", unit: "g.service" },
    ],
  });
  const others = { "nothing-else-failed": false };

  it("holds for each result, by unit and by step", () => {
    const units = {
      "a.service": "done",
      "luks:a": "done",
      "b.service": "failed",
      "d.device": "timeout",
      "mount:/e": "dependency",
      "f.service": "skipped",
      "g.service": "failed",
      "z.service": "absent",
    };
    expect(judge(expectation({ units, ...others }), world)).toEqual([]);
  });

  it.each<[string, string, string, string]>([
    ["a unit that failed", "g.service", "done", "failed"],
    ["a unit that died after it had started", "b.service", "done", "done, failed (signal)"],
    ["a unit that did not fail", "a.service", "failed", "done"],
    ["a step that timed out", "mount:/e", "timeout", "dependency"],
    ["a unit that was skipped", "f.service", "done", "skipped"],
    ["a unit that never ended", "h.service", "done", "running"],
    ["a unit that should not be", "a.service", "absent", "done"],
    ["a unit that is not there", "z.service", "done", "no job of it"],
  ])("fails for %s", (_, name, wanted, found) => {
    const failures = judge(expectation({ units: { [name]: wanted }, ...others }), world);
    expect(failures).toMatchObject([{ path: ["units", name], expected: `${name} ${wanted}`, found }]);
  });

  it("shows the unit's own messages when it ended otherwise", () => {
    const [failure] = judge(expectation({ units: { "g.service": "done" }, ...others }), world);
    expect(failure?.near).toEqual(["g: cannot open", "g: giving up"]);
  });

  it("compares order: one ended before the other began", () => {
    expect(
      judge(
        expectation({
          before: [
            ["a.service", "c.service"],
            ["luks:a", "luks:c"],
            ["b.service", "c.service"],
          ],
          ...others,
        }),
        world,
      ),
    ).toEqual([]);
    expect(judge(expectation({ before: [["a.service", "b.service"]], ...others }), world)).toEqual([
      {
        path: ["before", 0],
        expected: "a.service ended before b.service began",
        found: "a.service from 1.000 to 3.000 s, b.service from 2.000 to 4.000 s",
        near: [],
      },
    ]);
    expect(judge(expectation({ before: [["a.service", "f.service"]], ...others }), world)).toMatchObject([
      { found: "f.service did not begin and end" },
    ]);
  });

  it("compares overlap: two that are ordered, or only touch, do not", () => {
    expect(judge(expectation({ overlap: [["luks:a", "b.service"]], ...others }), world)).toEqual([]);
    expect(judge(expectation({ overlap: [["luks:a", "luks:c"]], ...others }), world)).toMatchObject([
      { path: ["overlap", 0], expected: "luks:a and luks:c at work at the same time" },
    ]);
    expect(judge(expectation({ overlap: [["b.service", "c.service"]], ...others }), world)).toHaveLength(1);
  });

  it("bounds a wait by the guest's clock", () => {
    const wait = (least: string | undefined, most: string | undefined) =>
      judge(
        expectation({
          wait: [{ of: "d.device", ...(least && { "at-least": least }), ...(most && { "at-most": most }) }],
          ...others,
        }),
        world,
      );
    expect(wait("5s", "5s")).toEqual([]);
    expect(wait("4s", undefined)).toEqual([]);
    expect(wait("6s", "8s")).toMatchObject([
      { path: ["wait", 0], expected: "d.device took 6 to 8 s", found: "5.000 s, from 1.000 to 6.000 s" },
    ]);
    expect(wait(undefined, "4s")).toHaveLength(1);
    expect(judge(expectation({ wait: [{ of: "d.devce", "at-most": "4s" }], ...others }), world)[0]?.near[0]).toBe(
      "d.device",
    );
  });

  it("fails for each thing that failed and was not expected to", () => {
    expect(judge(expectation({}), world).map(({ path, found }) => [path[0], found])).toEqual([
      ["nothing-else-failed", "d.device timeout"],
      ["nothing-else-failed", "e.mount dependency"],
      ["nothing-else-failed", "g.service failed"],
      ["nothing-else-failed", "a.service failed"],
      ["nothing-else-failed", "b.service signal"],
    ]);
  });

  it("takes for expected what an assertion names and what may fail", () => {
    const units = { "g.service": "failed", "mount:/e": "dependency" };
    expect(judge(expectation({ units, "may-fail": ["d.*", "a.service", "b.serv*ce"] }), world)).toEqual([]);
    expect(judge(expectation({ units, "may-fail": ["d?*", ".*", "b.serv*ce", "a.service"] }), world)).toMatchObject([
      { found: "d.device timeout" },
    ]);
  });

  it("does not count what failed by dependency after a boot that was to fail", () => {
    const found = judge(expectation({ end: "emergency" }), { ...world, end: "emergency" }).map(({ found }) => found);
    expect(found).toContain("d.device timeout");
    expect(found).not.toContain("e.mount dependency");
  });
});

describe("judge, of console and journal,", () => {
  const world = observed({
    console: "[ OK ] Reached target one.\r\nmachine.toml:7 filesystems: not there\r\n",
    journal: [{ text: "Mounted root" }, { text: "no such key", unit: "a.service" }],
  });

  it("holds for what is there and what is not", () => {
    expect(
      judge(
        expectation({
          console: {
            includes: ["machine.toml:7"],
            excludes: ["panic"],
            matches: ["^machine.*there$"],
            "matches-not": ["^Reached"],
          },
          journal: { includes: ["Mounted"], matches: ["key$"], excludes: ["x.y"] },
        }),
        world,
      ),
    ).toEqual([]);
  });

  it("shows the lines most alike when a message is misspelt", () => {
    expect(judge(expectation({ console: { includes: ["machine.toml:7 filesystem: not"] } }), world)).toEqual([
      {
        path: ["console", "includes", 0],
        expected: 'a line with "machine.toml:7 filesystem: not"',
        found: "none in 3 lines",
        near: ["machine.toml:7 filesystems: not there"],
      },
    ]);
    expect(judge(expectation({ journal: { matches: ["^ounted"] } }), world)).toMatchObject([
      { path: ["journal", "matches", 0], near: ["Mounted root"] },
    ]);
  });

  it("shows the line that should not be there", () => {
    expect(
      judge(expectation({ console: { excludes: ["not there"] }, journal: { "matches-not": ["^no"] } }), world),
    ).toMatchObject([
      { path: ["console", "excludes", 0], found: "machine.toml:7 filesystems: not there" },
      { path: ["journal", "matches-not", 0], found: "no such key" },
    ]);
  });

  it("takes a text literally", () => {
    expect(judge(expectation({ console: { includes: ["Reached.target"] } }), world)).toHaveLength(1);
  });
});

describe("judge, of the scenario's own script,", () => {
  it("holds when it succeeds, and shows the end of what it printed when not", () => {
    holds({ shell: "true" });
    const boot = observed({ assertion: "3\none\ntwo\n" });
    expect(judge(expectation({ shell: "x" }), boot)).toEqual([
      { path: ["shell"], expected: "the script succeeds", found: "status 3", near: ["one", "two"] },
    ]);
    expect(judge(expectation({ shell: "x" }), observed({ assertion: "" }))).toMatchObject([
      { found: "it was not run" },
    ]);
  });
});

function holds(wanted: unknown): void {
  expect(judge(expectation(wanted), observed())).toEqual([]);
}

function fails(wanted: unknown, path: readonly (string | number)[], expected: string, found: string): void {
  expect(judge(expectation(wanted), observed())).toMatchObject([{ path, expected, found }]);
}

function expectation(wanted: unknown): Expectation {
  return expectationSchema.parse(wanted);
}
