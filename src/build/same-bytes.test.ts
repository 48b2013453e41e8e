import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const tree = process.env["UNITRD_TREE_BOOKWORM"];
const checkout = join(import.meta.dirname, "../..");
const nobody = 65534;

const machine = `
[luks.root]
device = "UUID=11111111-2222-4333-8444-555555555501"

[console]
keymap = "de"

[files."/etc/Größe"]
source = "beside.txt"

[filesystems."/"]
device = "/dev/mapper/root"
type = "ext4"
`;

/** Calls the library as whoever runs it. */
const caller = `
import { build } from "./dist/index.js";
const [declaration, sysroot, output, cache] = process.argv.slice(2);
const result = await build({ declaration: [declaration], sysroot, output, cache: cache === "cache" });
for (const { code, severity, message } of result.diagnostics) console.error(severity, code, message);
process.exit(result.image === undefined ? 1 : 0);
`;

describe.skipIf(tree === undefined)("an image of a real tree (UNITRD_TREE_BOOKWORM)", () => {
  let work = "";
  let first: Buffer;

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), "unitrd-same-"));
    chmodSync(work, 0o755);
    execFileSync(process.execPath, [join(checkout, "scripts/bundle.mjs"), "--out", join(work, "dist")]);
    for (const name of ["package.json", "templates", "units"])
      cpSync(join(checkout, name), join(work, name), { recursive: true });
    writeFileSync(join(work, "caller.js"), caller);
    first = built("first", {}, { cache: false });
  }, 120_000);
  afterAll(() => rmSync(work, { recursive: true, force: true }), 120_000);

  it("is the same without a cache, with an empty one and with a full one, whatever locale, time zone, umask and directory", () => {
    const foreign = { TZ: "Pacific/Kiritimati", LC_ALL: "tr_TR.UTF-8", SOURCE_DATE_EPOCH: "1234567890" };
    expect(built("deep/er/second", foreign, { cache: true, umask: "077" }).equals(first)).toBe(true);
    expect(built("deep/er/second", {}, { cache: true, umask: "000" }).equals(first)).toBe(true);
  }, 120_000);

  it.skipIf(process.getuid?.() !== 0)(
    "is the same for another user",
    () => {
      expect(built("third", {}, { cache: true, user: nobody }).equals(first)).toBe(true);
    },
    240_000,
  );

  function built(
    name: string,
    environment: Readonly<Record<string, string>>,
    how: { readonly cache: boolean; readonly umask?: string; readonly user?: number },
  ): Buffer {
    const directory = join(work, name);
    mkdirSync(join(directory, "cache"), { recursive: true, mode: 0o755 });
    chmodSync(join(directory, "cache"), 0o700);
    writeFileSync(join(directory, "machine.toml"), machine);
    writeFileSync(join(directory, "beside.txt"), "beside\n");
    let sysroot = tree ?? "";
    if (how.user !== undefined) {
      // The cache may lie in a home directory, where nobody may go.
      sysroot = join(directory, "tree");
      mkdirSync(sysroot);
      // Links are made at once, where the file system is the same.
      const linked = spawnSync("cp", ["-al", `${tree ?? ""}/.`, sysroot]);
      if (linked.status !== 0) execFileSync("cp", ["-a", `${tree ?? ""}/.`, sysroot]);
      execFileSync("chown", ["-R", String(how.user), join(directory, "cache")]);
      execFileSync("chown", [String(how.user), directory]);
    }
    const output = join(directory, "initrd.img");
    const user =
      how.user === undefined ? [] : ["setpriv", `--reuid=${how.user}`, `--regid=${how.user}`, "--clear-groups"];
    const command = [
      ...user,
      process.execPath,
      join(work, "caller.js"),
      join(directory, "machine.toml"),
      sysroot,
      output,
    ];
    const { stderr, status } = spawnSync(
      "sh",
      ["-c", 'umask "$0"; exec "$@"', how.umask ?? "022", ...command, how.cache ? "cache" : "none"],
      {
        cwd: directory,
        encoding: "utf8",
        env: { PATH: process.env["PATH"], HOME: directory, UNITRD_CACHE: join(directory, "cache"), ...environment },
      },
    );
    expect([status, stderr]).toEqual([0, ""]);
    return readFileSync(output);
  }
});
