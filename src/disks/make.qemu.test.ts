import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { guestBuilder } from "./builder.ts";
import { diskSchema } from "../scenario/disks/layout.ts";
import { layoutMistakes } from "../scenario/disks/mistakes.ts";
import { arraySchema, poolSchema, volumeGroupSchema } from "../scenario/disks/spanning.ts";
import { type MadeDisk, makeDisks } from "./make.ts";

const layoutSchema = z.object({
  disk: z.array(diskSchema),
  array: z.array(arraySchema).optional(),
  "volume-group": z.array(volumeGroupSchema).optional(),
  pool: z.array(poolSchema).optional(),
});

const tree = process.env["UNITRD_TREE_TRIXIE"];
const U1 = "11111111-2222-4333-8444-555555555501";

describe.skipIf(tree === undefined)("makeDisks with the builder guest (UNITRD_TREE_TRIXIE)", () => {
  let store: string;

  beforeAll(() => {
    store = mkdtempSync(join(tmpdir(), "unitrd-disks-"));
  });

  afterAll(() => {
    rmSync(store, { recursive: true, force: true });
  });

  it("makes btrfs with subvolumes, plain and inside LUKS, in one guest", async () => {
    const content = {
      type: "btrfs",
      uuid: U1,
      label: "pool of it's own",
      files: { "/top": "level five" },
      subvolumes: {
        "@ root": { fill: "stage-two", files: { "/etc/it's": { text: "quoted\n", mode: "0600", uid: 3 } } },
        home: {},
      },
      "default-subvolume": "@ root",
    };
    const [plain, locked] = await made([
      { name: "plain", size: "128M", content },
      {
        name: "locked",
        size: "160M",
        partition: [
          { content: { type: "luks", keys: [{ passphrase: "x" }], content: { ...content, uuid: undefined } } },
        ],
      },
    ]);
    const path = plain?.path ?? "";
    expect(run("blkid", ["-p", "-o", "export", path])).toContain(`UUID=${U1}`);
    run("btrfs", ["check", "--readonly", path]);
    const roots = run("btrfs", ["inspect-internal", "dump-tree", "-t", "root", path]);
    expect(roots).toMatch(/root backref key dirid 256 sequence \d+ name @ root/);
    expect(roots).toMatch(/root backref key dirid 256 sequence \d+ name home/);
    expect(roots).toMatch(/location key \(256 ROOT_ITEM[^\n]*\n[^\n]*\n?\s+name: default|name: default/);
    const files = run("btrfs", ["inspect-internal", "dump-tree", "-t", "256", path]);
    expect(files).toContain("name: it's");
    expect(files).toMatch(/uid 3 gid 0/);
    expect(run("cryptsetup", ["--version"])).toContain("cryptsetup");
    expect(locked?.bytes).toBe(160 * 1024 * 1024);
  }, 120_000);

  it("makes arrays, volume groups and pools over several disks, with what they hold, in one guest", async () => {
    const member = (of: string): object => ({ type: "member", of });
    const disks = await made(
      [
        { name: "a", size: "24M", partition: [{ content: member("swift") }] },
        { name: "b", size: "24M", content: member("swift") },
        { name: "c", size: "24M", content: member("swift") },
        { name: "d", size: "64M", content: member("vg-0") },
        { name: "e", size: "80M", content: { type: "luks", keys: [{ passphrase: "x" }], content: member("vg-0") } },
        { name: "f", size: "128M", content: member("tank") },
        { name: "g", size: "128M", content: member("tank") },
      ],
      {
        array: [
          {
            name: "swift",
            level: 5,
            uuid: U1,
            partition: [{ name: "one", content: { type: "ext4", label: "inner" } }],
          },
        ],
        "volume-group": [
          {
            name: "vg-0",
            "thin-pool": { name: "pool", size: "24M" },
            volume: [
              { name: "big", size: "60M", content: { type: "ext4" } },
              { name: "thin-1", size: "64M", thin: true, content: { type: "ext4", label: "thin" } },
            ],
          },
        ],
        pool: [{ name: "tank", uuid: U1, label: "both", files: { "/x": "y" } }],
      },
    );
    const [, b, , d, , f, g] = disks.map(({ path }) => path);
    expect(run("mdadm", ["--examine", b ?? ""])).toMatch(
      /Array UUID : 11111111:22224333:84445555:55555501[^]*Name : any:swift[^]*Raid Level : raid5[^]*State : clean/,
    );
    expect(run("blkid", ["-p", "-o", "export", d ?? ""])).toContain("TYPE=LVM2_member");
    expect(readFileSync(d ?? "", "latin1")).toMatch(/vg-0 \{[^]*thin-1 \{/);
    for (const path of [f, g]) expect(run("blkid", ["-p", "-o", "export", path ?? ""])).toContain("LABEL=both");
  }, 180_000);

  it("makes volume groups of one name for two machines in one guest", async () => {
    const both = await Promise.all(
      ["one", "other"].map((name) =>
        made([{ name, size: "40M", content: { type: "member", of: "vg0" } }], {
          "volume-group": [{ name: "vg0", volume: [{ name, size: "8M", content: { type: "ext4" } }] }],
        }),
      ),
    );
    const [one = "", other = ""] = both.map(([disk]) => readFileSync(disk?.path ?? "", "latin1"));
    expect(one).toMatch(/vg0 \{[^]*one \{/);
    expect(other).toMatch(/vg0 \{[^]*other \{/);
  }, 180_000);

  const shared = guestBuilder(() => {
    const version = readdirSync(join(tree ?? "", "usr/lib/modules")).find((name) => !name.includes("cloud")) ?? "";
    const kernel = { version, vmlinuz: join(tree ?? "", `boot/vmlinuz-${version}`) };
    return Promise.resolve({ tree: tree ?? "", kernel });
  });

  async function made(declarations: readonly unknown[], rest: object = {}): Promise<readonly MadeDisk[]> {
    const findings: Diagnostic[] = [];
    const using = {
      store: join(store, "disks"),
      templates: fileURLToPath(new URL("../../templates", import.meta.url)),
      path: (name: string) => join(store, name),
      image: (name: string) => Promise.resolve(join(store, name)),
      builder: shared,
    };
    const layout = layoutSchema.parse({ disk: declarations, ...rest });
    expect(layoutMistakes(layout)).toEqual([]);
    const disks = await makeDisks(layout, using, (one) => findings.push(one));
    expect(findings).toEqual([]);
    return disks;
  }
});

function run(program: string, args: readonly string[]): string {
  const env = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`, LC_ALL: "C" };
  return execFileSync(program, args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}
