import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { directoryTree, type DirectoryTree, UnreadableFile } from "./directory-tree.ts";

let base: string;
let tree: DirectoryTree;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "unitrd-tree-"));
  mkdirSync(join(base, "root/usr/bin"), { recursive: true });
  mkdirSync(join(base, "outside"));
  writeFileSync(join(base, "outside/secret"), "outside");
  writeFileSync(join(base, "root/usr/bin/true"), "0123456789");
  chmodSync(join(base, "root/usr/bin/true"), 0o4755);
  symlinkSync("usr/bin", join(base, "root/bin"));
  symlinkSync(join(base, "outside"), join(base, "root/away"));
  tree = directoryTree(join(base, "root"));
});

afterEach(() => {
  tree.close();
  rmSync(base, { recursive: true });
});

describe("directoryTree", () => {
  it("tells type, mode and size", () => {
    expect(tree.lstat("/usr/bin/true")).toEqual({ type: "file", mode: 0o4755, size: 10 });
    expect(tree.lstat("/bin")).toEqual({ type: "symlink", mode: 0o777, size: 7 });
    expect(tree.lstat("/")?.type).toBe("directory");
    expect(tree.lstat("/nothing")).toBeUndefined();
  });

  it("reads a part of a file and never allocates more than the file holds", () => {
    expect(Buffer.from(tree.readAt("/usr/bin/true", 2, 3)).toString()).toBe("234");
    expect(tree.readAt("/usr/bin/true", 8, 2 ** 52)).toHaveLength(2);
    expect(tree.readAt("/usr/bin/true", 2 ** 52, 1)).toHaveLength(0);
  });

  it("follows no link, neither at the end nor in the middle of a path", () => {
    expect(tree.lstat("/bin/true")).toBeUndefined();
    expect(tree.lstat("/away/secret")).toBeUndefined();
    expect(tree.list("/away")).toEqual([]);
    expect(() => tree.readAt("/away/secret", 0, 9)).toThrow("not a regular file");
    expect(tree.readlink("/bin")).toBe("usr/bin");
  });

  it("does not leave the root by `..`, nor read paths that are not canonical", () => {
    for (const path of ["/../outside/secret", "/usr/../../outside/secret", "/usr/./bin", "usr", "/usr/", "/a\0b", ""]) {
      expect(tree.lstat(path)).toBeUndefined();
    }
  });

  it("reads nothing outside when a directory turns into a link behind its back", () => {
    writeFileSync(join(base, "root/usr/secret"), "inside");
    expect(tree.lstat("/usr/secret")?.type).toBe("file");
    renameSync(join(base, "root/usr"), join(base, "root/old"));
    symlinkSync(join(base, "outside"), join(base, "root/usr"));
    expect(Buffer.from(tree.readAt("/usr/secret", 0, 9)).toString()).toBe("inside");

    const fresh = directoryTree(join(base, "root"));
    mkdirSync(join(base, "root/etc"));
    writeFileSync(join(base, "root/etc/secret"), "inside");
    expect(fresh.lstat("/etc")?.type).toBe("directory");
    renameSync(join(base, "root/etc"), join(base, "root/etc.old"));
    symlinkSync(join(base, "outside"), join(base, "root/etc"));
    expect(fresh.lstat("/etc/secret")).toBeUndefined();
    expect(fresh.list("/etc")).toEqual([]);
    fresh.close();
  });

  it("leaves out names that are not UTF-8, and records them", () => {
    writeFileSync(Buffer.concat([Buffer.from(join(base, "root/usr/caf")), Buffer.from([0xe9])]), "");
    writeFileSync(join(base, "root/usr/caf\u00e9"), "");
    expect(tree.list("/usr")).toEqual(["bin", "caf\u00e9"]);
    tree.list("/usr");
    expect(tree.problems).toEqual([{ path: "/usr", name: "caf\\xe9" }]);
  });

  it("tells the replacement character from a name that is not UTF-8", () => {
    writeFileSync(join(base, "root/usr/\ufffd"), "");
    expect(tree.list("/usr")).toEqual(["bin", "\ufffd"]);
    expect(tree.problems).toEqual([]);
  });

  it("takes a fifo for what it is", () => {
    execFileSync("mkfifo", [join(base, "root/fifo")]);
    expect(tree.lstat("/fifo")?.type).toBe("fifo");
    expect(() => tree.readAt("/fifo", 0, 1)).toThrow("not a regular file");
  });

  it("takes a name that is too long for absent", () => {
    expect(tree.lstat(`/${"x".repeat(300)}`)).toBeUndefined();
  });

  it("says which file it may not read", () => {
    chmodSync(join(base, "root/usr/bin/true"), 0);
    if (process.getuid?.() === 0) expect(tree.readAt("/usr/bin/true", 0, 1)).toHaveLength(1);
    else expect(() => tree.readAt("/usr/bin/true", 0, 1)).toThrow(UnreadableFile);
  });

  it("keeps a bounded number of descriptors and closes them all", () => {
    const open = (): number => readdirSync("/proc/self/fd").length;
    const before = open();
    const many = directoryTree(join(base, "root"));
    for (let i = 0; i < 200; i++) {
      mkdirSync(join(base, `root/usr/${i}`));
      writeFileSync(join(base, `root/usr/${i}/file`), String(i));
      expect(Buffer.from(many.readAt(`/usr/${i}/file`, 0, 9)).toString()).toBe(String(i));
    }
    expect(open() - before).toBeLessThan(80);
    many.close();
    expect(open()).toBe(before);
  });

  it("refuses a root that is no directory", () => {
    expect(() => directoryTree(join(base, "outside/secret"))).toThrow("ENOTDIR");
  });
});
