import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { guestBuilder } from "./builder.ts";
import { diskSchema } from "../scenario/disks/layout.ts";
import { type MadeDisk, makeDisks } from "./make.ts";

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

  async function made(declarations: readonly unknown[]): Promise<readonly MadeDisk[]> {
    const findings: Diagnostic[] = [];
    const version = readdirSync(join(tree ?? "", "usr/lib/modules")).find((name) => !name.includes("cloud")) ?? "";
    const using = {
      store: join(store, "disks"),
      templates: fileURLToPath(new URL("../../templates", import.meta.url)),
      path: (name: string) => join(store, name),
      image: (name: string) => Promise.resolve(join(store, name)),
      builder: guestBuilder(() =>
        Promise.resolve({
          tree: tree ?? "",
          kernel: { version, vmlinuz: join(tree ?? "", `boot/vmlinuz-${version}`) },
        }),
      ),
    };
    const disks = await makeDisks(
      declarations.map((one) => diskSchema.parse(one)),
      using,
      (one) => findings.push(one),
    );
    expect(findings).toEqual([]);
    return disks;
  }
});

function run(program: string, args: readonly string[]): string {
  const env = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`, LC_ALL: "C" };
  return execFileSync(program, args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}
