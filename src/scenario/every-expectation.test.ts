import { describe, expect, it } from "vitest";
import * as z from "zod";
import { observed } from "../testing/observed-boot.ts";
import { judge } from "./assert.ts";
import { expectationSchema } from "./expectation.ts";
import type { Observed } from "./observed.ts";
import { scenarioSchema } from "./scenario.ts";

/**
 * For each key of `[expect]` what holds of one and the same boot, and what does not: where that is told, and as what was
 * found. A key that has no line here fails the test: whoever adds one shows that it can fail.
 */
type Case = readonly [right: unknown, wrong: unknown, path: string, found: string];

const service = (result: string) => ({ "a.service": result });
const wait = (bounds: object) => ({ wait: [{ of: "luks:a", ...bounds }] });
const rootOptions = "ro,relatime,ro,compress=zstd:3,subvolid=256,subvol=/@ root";
const secret = (about: object) => ({ files: { "/etc/secret": about } });
const root = (about: object) => ({ mounts: { "/": about } });
const link = (about: object) => ({ links: { eth0: about } });
const mapping = (about: object) => ({ mappings: { root: about } });

const lines = (key: string, wrap = (about: object): object => ({ [key]: about })): readonly [string, Case][] => [
  [
    `${key}.includes`,
    [wrap({ includes: ["no such key"] }), wrap({ includes: ["no such kee"] }), key, "none in 2 lines"],
  ],
  [`${key}.excludes`, [wrap({ excludes: ["panic"] }), wrap({ excludes: ["such"] }), key, "no such key"]],
  [`${key}.matches`, [wrap({ matches: ["^Mounted"] }), wrap({ matches: ["^mounted"] }), key, "none in 2 lines"]],
  [`${key}.matches-not`, [wrap({ "matches-not": ["^key"] }), wrap({ "matches-not": ["key$"] }), key, "no such key"]],
];

const cases = new Map<string, Case>([
  ["end", [{ end: "hand-over" }, { end: "power-cut" }, "end", "hand-over"]],
  ["shutdown", [{ shutdown: "power-off" }, { shutdown: "reboot" }, "shutdown", "power-off"]],
  [
    "disks.*.state",
    [
      { disks: { main: { state: "dirty" } } },
      { disks: { main: { state: "clean" } } },
      "disks.main.state",
      "ext4, dirty",
    ],
  ],
  [
    "mounts.*",
    [{ mounts: { "/home": "absent" } }, { mounts: { "/run": "absent" } }, "mounts./run", "/run: ramfs from ramfs"],
  ],
  [
    "mounts.*.source",
    [root({ source: "/dev/mapper/root" }), root({ source: "/dev/vdb" }), "mounts./.source", "/dev/mapper/root"],
  ],
  ["mounts.*.type", [root({ type: "btrfs" }), root({ type: "ext4" }), "mounts./.type", "btrfs"]],
  [
    "mounts.*.options-include",
    [root({ "options-include": ["ro"] }), root({ "options-include": ["rw"] }), "mounts./.options-include", rootOptions],
  ],
  [
    "mounts.*.options-exclude",
    [root({ "options-exclude": ["rw"] }), root({ "options-exclude": ["ro"] }), "mounts./.options-exclude", rootOptions],
  ],
  ["mounts.*.subvol", [root({ subvol: "@ root" }), root({ subvol: "@root" }), "mounts./.subvol", "@ root"]],
  [
    "mappings.*",
    [
      { mappings: { home: "absent" } },
      { mappings: { root: "absent" } },
      "mappings.root",
      "root: CRYPT-LUKS2-0a-root on vda",
    ],
  ],
  [
    "mappings.*.type",
    [mapping({ type: "crypt-luks2" }), mapping({ type: "crypt-luks1" }), "mappings.root.type", "CRYPT-LUKS2-0a-root"],
  ],
  ["mappings.*.on", [mapping({ on: "vda" }), mapping({ on: "vdb" }), "mappings.root.on", "vda"]],
  ["mapping-count", [{ "mapping-count": 1 }, { "mapping-count": 2 }, "mapping-count", "1"]],
  ["modules.*", [{ modules: { nvme: "loaded" } }, { modules: { nvme: "absent" } }, "modules.nvme", "loaded"]],
  [
    "module-parameters.*",
    [
      { "module-parameters": { "printk.time": "Y" } },
      { "module-parameters": { "printk.time": "N" } },
      "module-parameters.printk.time",
      "Y",
    ],
  ],
  [
    "files.*",
    [
      { files: { "/nowhere": "absent" } },
      { files: { "/etc": "absent" } },
      "files./etc",
      "a directory of mode 0755, 0:0, 4096 bytes",
    ],
  ],
  ["files.*.type", [secret({ type: "file" }), secret({ type: "symlink" }), "files./etc/secret.type", "file"]],
  ["files.*.mode", [secret({ mode: "0600" }), secret({ mode: "0640" }), "files./etc/secret.mode", "0600"]],
  ["files.*.owner", [secret({ owner: "0:7" }), secret({ owner: "7:0" }), "files./etc/secret.owner", "0:7"]],
  [
    "files.*.text",
    [secret({ text: "a\nend\n" }), secret({ text: "a\nend" }), "files./etc/secret.text", '"a\\nend\\n"'],
  ],
  [
    "files.*.includes",
    [secret({ includes: ["end"] }), secret({ includes: ["ende"] }), "files./etc/secret.includes", '"a\\nend\\n"'],
  ],
  [
    "files.*.sha256",
    [
      secret({ sha256: "a".repeat(64) }),
      secret({ sha256: "b".repeat(64) }),
      "files./etc/secret.sha256",
      "a".repeat(64),
    ],
  ],
  [
    "files.*.target",
    [
      { files: { "/etc/link": { target: "secret" } } },
      { files: { "/etc/link": { target: "/secret" } } },
      "files./etc/link.target",
      "secret",
    ],
  ],
  ["links.*", [{ links: { wg0: "absent" } }, { links: { eth0: "absent" } }, "links.eth0", "eth0, up: 10.0.2.15/24"]],
  [
    "links.*.addresses",
    [link({ addresses: ["10.0.2.15/24"] }), link({ addresses: [] }), "links.eth0.addresses", "10.0.2.15/24"],
  ],
  [
    "links.*.address-matches",
    [
      link({ "address-matches": ["^10[.]"] }),
      link({ "address-matches": ["^11[.]"] }),
      "links.eth0.address-matches",
      "10.0.2.15/24",
    ],
  ],
  ["links.*.up", [link({ up: true }), link({ up: false }), "links.eth0.up", "up"]],
  ["links.*.mtu", [link({ mtu: 1500 }), link({ mtu: 1400 }), "links.eth0.mtu", "1500"]],
  [
    "routes.includes",
    [
      { routes: { includes: ["via 10.0.2.2"] } },
      { routes: { includes: ["via 10.0.2.3"] } },
      "routes",
      "none in 2 lines",
    ],
  ],
  [
    "routes.excludes",
    [
      { routes: { excludes: ["eth1"] } },
      { routes: { excludes: ["link"] } },
      "routes",
      "10.0.2.0/24 dev eth0 scope link",
    ],
  ],
  [
    "routes.matches",
    [{ routes: { matches: ["^default"] } }, { routes: { matches: ["default$"] } }, "routes", "none in 2 lines"],
  ],
  [
    "routes.matches-not",
    [
      { routes: { "matches-not": ["^via"] } },
      { routes: { "matches-not": ["link$"] } },
      "routes",
      "10.0.2.0/24 dev eth0 scope link",
    ],
  ],
  ["units.*", [{ units: service("done") }, { units: service("failed") }, "units.a.service", "done"]],
  [
    "before",
    [
      { before: [["luks:a", "luks:c"]] },
      { before: [["luks:c", "luks:a"]] },
      "before.0",
      "luks:c from 4.000 to 5.500 s, luks:a from 1.000 to 3.000 s",
    ],
  ],
  [
    "overlap",
    [
      { overlap: [["luks:a", "b.service"]] },
      { overlap: [["luks:a", "luks:c"]] },
      "overlap.0",
      "luks:a from 1.000 to 3.000 s, luks:c from 4.000 to 5.500 s",
    ],
  ],
  [
    "wait[].of",
    [wait({ "at-least": "1s" }), { wait: [{ of: "luks:b", "at-least": "1s" }] }, "wait.0", "it did not begin and end"],
  ],
  [
    "wait[].at-least",
    [wait({ "at-least": "2s" }), wait({ "at-least": "3s" }), "wait.0", "2.000 s, from 1.000 to 3.000 s"],
  ],
  [
    "wait[].at-most",
    [wait({ "at-most": "2s" }), wait({ "at-most": "1s" }), "wait.0", "2.000 s, from 1.000 to 3.000 s"],
  ],
  ...lines("console"),
  ...lines("journal"),
  ...lines("userland.*", (about) => ({ userland: { "*": about } })),
  ["swap", [{ swap: ["/dev/vda3"] }, { swap: ["/dev/vda2"] }, "swap", "/dev/vda3"]],
  ["findings", [{ findings: ["U253"] }, { findings: [] }, "findings", "U253"]],
  ["prompts", [{ prompts: 1 }, { prompts: 0 }, "prompts", "1 prompts"]],
  ["shell", [{ shell: "true" }, { shell: "false" }, "shell", "status 3"]],
  [
    "nothing-else-failed",
    [{ "nothing-else-failed": false }, { "nothing-else-failed": true }, "nothing-else-failed", "g.service failed"],
  ],
  ["may-fail", [{ "may-fail": ["g.*"] }, { "may-fail": ["h.*"] }, "nothing-else-failed", "g.service failed"]],
]);

describe("each key of [expect]", () => {
  it("has an example here, and no other has", () => {
    const schema = z.toJSONSchema(expectationSchema, { io: "input" });
    expect([...cases.keys()].sort()).toEqual([...new Set(leavesOf(schema))].sort());
  });

  it.each([...cases])("%s holds of what is so and fails of what is not", (key, [right, wrong, path, found]) => {
    const failing = key === "nothing-else-failed" || key === "may-fail";
    const assertion = key === "shell" ? "3\nnothing\n" : "0\n";
    expect(judged(right, boot({ failing }))).toEqual([]);
    expect(judged(wrong, boot({ failing, assertion }))).toMatchObject([
      { path: expect.stringMatching(new RegExp(`^${literal(path)}`)) as string, found },
    ]);
  });
});

describe("a scenario", () => {
  it("takes no unknown key anywhere", () => {
    const open: string[] = [];
    for (const [path, table] of tablesOf(z.toJSONSchema(scenarioSchema, { io: "input" }))) {
      if (table["properties"] !== undefined && table["additionalProperties"] !== false) open.push(path);
    }
    expect(open).toEqual([]);
  });
});

function judged(wanted: unknown, one: Observed): readonly { readonly path: string; readonly found: string }[] {
  return judge(expectationSchema.parse(wanted), one).map(({ path, found }) => ({ path: path.join("."), found }));
}

function boot({ failing = false, assertion = "0\n" }): Observed {
  const text = ["Mounted root", "no such key"];
  return observed({
    assertion,
    shutdown: "power-off",
    disks: new Map([["main", { type: "ext4", state: "dirty" }]]),
    console: text.join("\n"),
    userland: new Map([["*", text.join("\n")]]),
    findings: ["U253"],
    jobs: [
      { unit: "a.service", step: "luks:a", type: "start", result: "done", began: 1, ended: 3 },
      { unit: "b.service", type: "start", result: "done", began: 2, ended: 4 },
      { unit: "c.service", step: "luks:c", type: "start", result: "done", began: 4, ended: 5.5 },
      ...(failing ? [{ unit: "g.service", type: "start", result: "failed" }] : []),
    ],
    journal: text.map((one) => ({ text: one })),
  });
}

type Table = Readonly<Record<string, unknown>>;

/** The keys below a JSON Schema that have a value of their own: `*` for any name, `[]` for the tables of a list. */
function leavesOf(schema: Table, path = ""): readonly string[] {
  const { properties, additionalProperties: any, items, anyOf } = schema;
  if (Array.isArray(anyOf)) return anyOf.filter(isTable).flatMap((one) => leavesOf(one, path));
  if (isTable(properties)) {
    const below = Object.entries(properties).filter((entry): entry is [string, Table] => isTable(entry[1]));
    return below.flatMap(([key, one]) => leavesOf(one, path === "" ? key : `${path}.${key}`));
  }
  if (isTable(any)) return leavesOf(any, `${path}.*`);
  return isTable(items) && items["properties"] !== undefined ? leavesOf(items, `${path}[]`) : [path];
}

/** Every schema of a table, wherever it stands. */
function tablesOf(schema: unknown, path = ""): readonly (readonly [string, Table])[] {
  if (Array.isArray(schema)) return schema.flatMap((one, index) => tablesOf(one, `${path}/${index}`));
  if (!isTable(schema)) return [];
  const below = Object.entries(schema).flatMap(([key, one]) => tablesOf(one, `${path}/${key}`));
  return schema["type"] === "object" ? [[path, schema], ...below] : below;
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
