import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diskSchema } from "../scenario/disks/layout.ts";
import { type DiskMaking, type MadeDisk, makeDisks } from "./make.ts";

const U1 = "11111111-2222-4333-8444-555555555501";
const U2 = "11111111-2222-4333-8444-555555555502";

let store: string;
let making: DiskMaking;

beforeAll(() => {
  store = mkdtempSync(join(tmpdir(), "unitrd-disks-"));
  making = {
    store: join(store, "disks"),
    templates: fileURLToPath(new URL("../../templates", import.meta.url)),
    path: (name) => join(store, name),
    image: (name) => Promise.resolve(join(store, name)),
    builder: {
      version: () => Promise.resolve("none"),
      build: () => Promise.reject(new Error("no guest in these tests")),
    },
  };
});

afterAll(() => {
  rmSync(store, { recursive: true, force: true });
});

describe("makeDisks", () => {
  it("makes an ext4 with label, UUID and files whose modes and owners are as declared, whoever makes it", async () => {
    const disk = await made({
      name: "plain",
      size: "16M",
      content: {
        type: "ext4",
        label: "root fs",
        uuid: U1,
        files: {
          "/etc/secret": { text: "s\n", mode: "0600", uid: 7, gid: 8 },
          '/odd "name"/x y': "text",
          "/etc/link": { link: "secret" },
          "/tmp": { directory: true, mode: "1777" },
        },
      },
    });
    expect(probe(disk.path)).toMatchObject({ TYPE: "ext4", LABEL: "root fs", UUID: U1, BLOCK_SIZE: "4096" });
    expect(debugfs(disk.path, "stat /etc/secret")).toMatch(/Mode: {2}0600 [^]*User: +7 +Group: +8 /);
    expect(debugfs(disk.path, "stat /tmp")).toMatch(/Type: directory +Mode: +01777/);
    expect(debugfs(disk.path, "stat /etc/link")).toContain('Fast link dest: "secret"');
    expect(debugfs(disk.path, 'cat "/odd ""name""/x y"')).toBe("text");
    expect(debugfs(disk.path, "stat /")).toMatch(/Mode: {2}0755 [^]*User: +0 +Group: +0 /);
    fsck("e2fsck", "-fn", disk.path);
  });

  it("fills a root with the reporting stage two", async () => {
    const disk = await made({ name: "two", size: "24M", content: { type: "ext4", fill: "stage-two" } });
    expect(debugfs(disk.path, "cat /sbin/init")).toContain("STAGE2-REACHED");
    expect(debugfs(disk.path, "stat /sbin/init")).toMatch(/Mode: {2}0755/);
    expect(debugfs(disk.path, "stat /bin/sh")).toContain('Fast link dest: "busybox"');
    expect(debugfs(disk.path, "cat /etc/os-release")).toContain("ID=unitrd-stage-two");
    fsck("e2fsck", "-fn", disk.path);
  });

  it("writes a partition table with names, types and UUIDs, and each content to its place", async () => {
    const disk = await made({
      name: "gpt",
      size: "64M",
      table: "gpt",
      "table-uuid": U1,
      partition: [
        {
          name: "EFI system",
          type: "uefi",
          size: "16M",
          content: { type: "vfat", label: "ESP", uuid: "ABCD-1234", files: { "/loader/entry.conf": "title x\n" } },
        },
        { name: "root", type: "root", uuid: U2, size: "24M", content: { type: "ext4", label: "a" } },
        { type: "swap", content: { type: "swap", label: "swappy", uuid: U2 } },
      ],
    });
    const table: unknown = JSON.parse(run("sfdisk", ["--json", disk.path]));
    expect(table).toMatchObject({
      partitiontable: {
        label: "gpt",
        id: U1.toUpperCase(),
        partitions: [
          { start: 2048, size: 32768, name: "EFI system", type: "C12A7328-F81F-11D2-BA4B-00A0C93EC93B" },
          {
            start: 34816,
            size: 49152,
            name: "root",
            uuid: U2.toUpperCase(),
            type: "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709",
          },
          { start: 83968, size: 22 * 2048, type: "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F" },
        ],
      },
    });
    const [esp, root, swap] = [1, 17, 41].map((mib, index) => part(disk, mib, [16, 24, 22][index] ?? 0));
    expect(probe(esp)).toMatchObject({ TYPE: "vfat", LABEL: "ESP", UUID: "ABCD-1234" });
    expect(run("mtype", ["-i", esp ?? "", "::/loader/entry.conf"])).toBe("title x\n");
    fsck("fsck.vfat", "-n", esp ?? "");
    expect(probe(root)).toMatchObject({ TYPE: "ext4", LABEL: "a" });
    fsck("e2fsck", "-fn", root ?? "");
    expect(probe(swap)).toMatchObject({ TYPE: "swap", LABEL: "swappy", UUID: U2 });
  });

  it("encrypts with LUKS2: every key opens it, the key derivation is cheap, key files lie beside", async () => {
    const disk = await made({
      name: "luks2",
      size: "48M",
      content: {
        type: "luks",
        uuid: U1,
        label: "vault",
        keys: [{ passphrase: "correct horse" }, { file: "root.key", text: "0123456789" }],
        content: { type: "ext4", uuid: U2, fill: "stage-two" },
      },
    });
    expect(probe(disk.path)).toMatchObject({ TYPE: "crypto_LUKS", VERSION: "2", UUID: U1, LABEL: "vault" });
    expect(opens(disk.path, "correct horse")).toBe(true);
    expect(opens(disk.path, "wrong")).toBe(false);
    expect(readFileSync(disk.files["root.key"] ?? "", "utf8")).toBe("0123456789");
    expect(opens(disk.path, "0123456789")).toBe(true);
    const dump = luksDump(disk.path);
    expect(dump.match(/Iterations: 1000$/gm)).not.toBeNull();
    expect(dump.match(/PBKDF: +pbkdf2/g)).toHaveLength(2);
    const plain = decrypted(disk.path, "correct horse");
    expect(probe(plain)).toMatchObject({ TYPE: "ext4", UUID: U2 });
    expect(debugfs(plain, "cat /sbin/init")).toContain("STAGE2-REACHED");
    fsck("e2fsck", "-fn", plain);
  });

  it("keeps the header of a LUKS2 apart when asked, and nothing of it on the disk", async () => {
    const disk = await made({
      name: "apart",
      size: "24M",
      content: {
        type: "luks",
        keys: [{ passphrase: "x" }],
        pbkdf: "argon2id",
        header: "apart.header",
        content: { type: "ext4" },
      },
    });
    expect(probe(disk.path)).toEqual({});
    const header = disk.files["apart.header"] ?? "";
    expect(opens(header, "x")).toBe(true);
    expect(luksDump(header)).toMatch(
      /offset: 0 \[bytes\][^]*PBKDF: +argon2id[^]*Time cost: +4\s+Memory: +32768\s+Threads: +1/,
    );
  });

  it("encrypts with LUKS1, with one cheap slot per key", async () => {
    const disk = await made({
      name: "luks1",
      size: "40M",
      content: {
        type: "luks",
        version: 1,
        uuid: U1,
        keys: [{ passphrase: "a" }, { passphrase: "b" }],
        content: { type: "ext4" },
      },
    });
    expect(probe(disk.path)).toMatchObject({ TYPE: "crypto_LUKS", VERSION: "1", UUID: U1 });
    expect([opens(disk.path, "a"), opens(disk.path, "b")]).toEqual([true, true]);
    const dump = luksDump(disk.path);
    expect(dump.match(/Key Slot .: ENABLED/g)).toHaveLength(2);
    expect(dump.match(/terations: +\t1000$/gm)).toHaveLength(3);
    expect(dump).toMatch(/^MK iterations: +\t1000$/m);
    fsck("e2fsck", "-fn", decrypted(disk.path, "a"));
  });

  it("makes an xfs with files, below the size that mkfs.xfs wants", async () => {
    const disk = await made({
      name: "xfs",
      size: "64M",
      content: {
        type: "xfs",
        label: "my-xfs",
        uuid: U1,
        fill: "stage-two",
        files: { "/a/b/c": { text: "deep", mode: "4750", uid: 3, gid: 4 }, "/a/d": "", "/z": { link: "../a/d" } },
      },
    });
    expect(probe(disk.path)).toMatchObject({ TYPE: "xfs", LABEL: "my-xfs", UUID: U1 });
    fsck("xfs_repair", "-n", disk.path);
    const inode = run("xfs_db", [
      "-r",
      "-c",
      "path /a/b/c",
      "-c",
      "print core.mode core.size core.uid core.gid",
      disk.path,
    ]);
    expect(inode).toMatch(/core.mode = 0104750\ncore.size = 4\ncore.uid = 3\ncore.gid = 4/);
    for (const path of ["/a/d", "/z", "/bin/sh", "/sbin/init"]) {
      expect(run("xfs_db", ["-r", "-c", `path ${path}`, "-c", "print core.mode", disk.path])).toContain("core.mode");
    }
  });

  it("makes a squashfs owned as declared", async () => {
    const disk = await made({
      name: "squash",
      size: "4M",
      content: { type: "squashfs", files: { "/a b/c": { text: "x", mode: "0640", uid: 5 }, "/l": { link: "a b" } } },
    });
    expect(probe(disk.path)).toMatchObject({ TYPE: "squashfs" });
    const list = run("unsquashfs", ["-lln", disk.path]);
    expect(list).toMatch(/-rw-r----- 5\/0 +1 .*\/a b\/c$/m);
    expect(list).toMatch(/drwxr-xr-x 0\/0 .*\/a b$/m);
    expect(list).toMatch(/lrwxrwxrwx 0\/0 .*\/l -> a b$/m);
  });

  it("copies an image and gives the copy its own label and UUID", async () => {
    run("mke2fs", ["-q", "-F", "-t", "ext4", "-b", "4096", "-L", "before", join(store, "image.ext4"), "8M"]);
    const before = readFileSync(join(store, "image.ext4"));
    const disk = await made({
      name: "copy",
      size: "16M",
      content: { type: "image", image: "image.ext4", label: "after", uuid: U1 },
    });
    expect(probe(disk.path)).toMatchObject({ TYPE: "ext4", LABEL: "after", UUID: U1 });
    expect(readFileSync(join(store, "image.ext4")).equals(before)).toBe(true);
    fsck("e2fsck", "-fn", disk.path);
  });

  it("copies a tree, owned by root", async () => {
    run("mkdir", ["-p", join(store, "tree/sub")]);
    writeFileSync(join(store, "tree/sub/run"), "#!", { mode: 0o755 });
    const disk = await made({
      name: "tree",
      size: "8M",
      content: { type: "ext4", tree: "tree", files: { "/sub/more": "m" } },
    });
    expect(debugfs(disk.path, "stat /sub/run")).toMatch(/Mode: {2}0755 [^]*User: +0 +Group: +0 /);
    expect(debugfs(disk.path, "cat /sub/more")).toBe("m");
  });

  it("gives the same disk again, another one for another declaration, and lets nobody write or read it", async () => {
    const declaration = { name: "again", size: "4M", content: { type: "ext4", files: { "/x": "1" } } };
    const first = await made(declaration);
    const written = statSync(first.path).mtimeMs;
    const second = await made({ content: declaration.content, size: "4M", name: "again" });
    expect(second.path).toBe(first.path);
    expect(statSync(second.path).mtimeMs).toBe(written);
    expect(statSync(first.path).mode & 0o777).toBe(0o400);
    const other = await made({ ...declaration, content: { type: "ext4", files: { "/x": "2" } } });
    expect(other.path).not.toBe(first.path);
  });

  it("makes one disk when several ask at once, and leaves nothing else in the store", async () => {
    const declaration = { name: "race", size: "8M", content: { type: "ext4" } };
    const all = await Promise.all(Array.from({ length: 8 }, () => made(declaration)));
    expect(new Set(all.map((disk) => disk.path)).size).toBe(1);
    expect(readdirSync(making.store).filter((name) => /lock|making/.test(name))).toEqual([]);
  });

  it("says what a tool said when a disk cannot be made, and keeps nothing of it", async () => {
    const findings: Diagnostic[] = [];
    const big = { name: "full", size: "2M", content: { type: "ext4", files: { "/big": "x".repeat(3_000_000) } } };
    expect(await makeDisks({ disk: [diskSchema.parse(big)] }, making, (finding) => findings.push(finding))).toEqual([]);
    expect(findings).toMatchObject([{ code: "U660", severity: "error" }]);
    expect(findings[0]?.message).toMatch(/^disk full cannot be made: mke2fs failed/);
    expect(readdirSync(making.store).filter((name) => /full|making/.test(name))).toEqual([]);
  });

  it.each([
    { type: "ext4", tree: "not-there" },
    { type: "image", image: "not-there" },
  ])("says which file of a declaration is not there", async (content) => {
    const findings: Diagnostic[] = [];
    const disk = diskSchema.parse({ name: "lost", size: "4M", content });
    expect(await makeDisks({ disk: [disk] }, making, (finding) => findings.push(finding))).toEqual([]);
    expect(findings).toMatchObject([{ code: "U661", message: expect.stringContaining("not-there") as string }]);
  });
});

async function made(declaration: unknown): Promise<MadeDisk> {
  const findings: Diagnostic[] = [];
  const [disk] = await makeDisks({ disk: [diskSchema.parse(declaration)] }, making, (finding) =>
    findings.push(finding),
  );
  expect(findings).toEqual([]);
  if (disk === undefined) throw new Error("nothing was made");
  return disk;
}

/** Debian keeps these programs off an ordinary user's path. */
function run(program: string, args: readonly string[], input = ""): string {
  const env = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`, LC_ALL: "C" };
  return execFileSync(program, args, { input, env, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
}

function probe(path: string | undefined): Record<string, string> {
  try {
    const said = run("blkid", ["-p", "-o", "export", path ?? ""]);
    const pairs = said
      .trim()
      .split("\n")
      .map((line): readonly string[] => line.split("="));
    return Object.fromEntries<string>(
      pairs.map(([key = "", ...value]) => [key, value.join("=").replaceAll("\\ ", " ")]),
    );
  } catch {
    return {};
  }
}

function debugfs(path: string, command: string): string {
  return run("debugfs", ["-R", command, path]);
}

function fsck(tool: string, ...args: string[]): void {
  run(tool, args);
}

function part(disk: MadeDisk, mib: number, length: number): string {
  const path = join(store, `part-${mib}`);
  run("dd", [`if=${disk.path}`, `of=${path}`, "bs=1M", `skip=${mib}`, `count=${length}`, "status=none"]);
  return path;
}

function opens(path: string, key: string): boolean {
  try {
    run("cryptsetup", ["open", "--test-passphrase", "--key-file", "-", path], key);
    return true;
  } catch {
    return false;
  }
}

/** qemu-img reads LUKS1 without device-mapper, and a LUKS2 of one segment becomes LUKS1 by another header. */
function decrypted(path: string, key: string): string {
  const [copy, plain, keyFile] = ["locked", "plain", "key"].map((name) => join(store, name));
  run("cp", ["--sparse=always", path, copy ?? ""]);
  run("chmod", ["600", copy ?? ""]);
  writeFileSync(keyFile ?? "", key);
  if (probe(path)["VERSION"] === "2")
    run("cryptsetup", ["convert", "-q", "--disable-locks", "--type", "luks1", copy ?? ""]);
  const secret = ["--object", `secret,id=key,file=${keyFile ?? ""}`];
  const source = `driver=luks,key-secret=key,file.filename=${copy ?? ""}`;
  run("qemu-img", ["convert", ...secret, "--image-opts", source, "-O", "raw", plain ?? ""]);
  run("rm", [copy ?? ""]);
  return plain ?? "";
}

function luksDump(path: string): string {
  return run("cryptsetup", ["luksDump", path]);
}
