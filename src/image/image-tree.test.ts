import { describe, expect, test } from "vitest";
import type { CpioArchive, CpioEntry } from "./cpio-reader.ts";
import { imageTree } from "./image-tree.ts";

describe("imageTree", () => {
  test("lets a later archive replace what an earlier one made", () => {
    const tree = imageTree("t", [archive(file("a", "old")), archive(file("a", "newer", { mode: 0o100600 }))]);
    expect(read(tree, "/a")).toBe("newer");
    expect(tree.lstat("/a")).toEqual({ type: "file", mode: 0o600, size: 5 });
  });

  test("writes through the hard links of an earlier archive", () => {
    const twins = [file("a", "", { ino: 7, nlink: 2 }), file("b", "old", { ino: 7, nlink: 2 })];
    const tree = imageTree("t", [archive(...twins), archive(file("a", "new"))]);
    expect(read(tree, "/b")).toBe("new");
    expect(tree.inodeOf("/a")).toBe(tree.inodeOf("/b"));
  });

  test("finds the content of hard links wherever in the archive it is", () => {
    const first = imageTree("t", [archive(file("a", "x", { nlink: 2 }), file("b", "", { nlink: 2 }))]);
    const last = imageTree("t", [archive(file("a", "", { nlink: 2 }), file("b", "x", { nlink: 2 }))]);
    for (const tree of [first, last]) expect([read(tree, "/a"), read(tree, "/b")]).toEqual(["x", "x"]);
  });

  test("never links across archives", () => {
    const tree = imageTree("t", [archive(file("a", "x", { nlink: 2 })), archive(file("b", "y", { nlink: 2 }))]);
    expect(read(tree, "/a")).toBe("x");
    expect(tree.inodeOf("/a")).not.toBe(tree.inodeOf("/b"));
  });

  test("keeps a directory and what is in it when it comes again, with its new mode", () => {
    const tree = imageTree("t", [
      archive(directory("d"), file("d/a", "x")),
      archive(directory("d", 0o040700), file("d/b", "y")),
    ]);
    expect(tree.list("/d")).toEqual(["a", "b"]);
    expect(tree.lstat("/d")?.mode).toBe(0o700);
  });

  test("follows links on the way to a file, but replaces the last one", () => {
    const tree = imageTree("t", [
      archive(
        directory("usr"),
        directory("usr/lib"),
        link("lib", "usr/lib"),
        file("lib/x", "x"),
        link("y", "usr/lib/x"),
      ),
      archive(file("y", "y")),
    ]);
    expect(read(tree, "/usr/lib/x")).toBe("x");
    expect(read(tree, "/y")).toBe("y");
    expect(tree.lstat("/lib/x")).toBeUndefined();
  });

  test("cannot be left upwards", () => {
    const tree = imageTree("t", [archive(file("../../etc", "x"), link("up", "../.."), file("up/y", "y"))]);
    expect(tree.list("/")).toEqual(["etc", "up", "y"]);
  });

  test("takes names with and without / or ./ before them for the same", () => {
    const tree = imageTree("t", [archive(directory("."), directory("./a"), file("/a/b", "x"), file("././a/c/", "y"))]);
    expect(tree.list("/")).toEqual(["a"]);
    expect(tree.list("/a")).toEqual(["b", "c"]);
  });

  test("replaces an empty directory by a file, but not a full one", () => {
    const tree = imageTree("t", [
      archive(directory("e"), directory("f"), file("f/x", "x"), file("e", "e"), file("f", "f")),
    ]);
    expect(tree.lstat("/e")?.type).toBe("file");
    expect(tree.lstat("/f")?.type).toBe("directory");
    expect(tree.skipped).toEqual([{ name: "f", because: "a directory that is not empty stands in its place" }]);
  });

  test("says which entries leave no trace", () => {
    const tree = imageTree("t", [
      archive(file("no/where", "x"), link("loop", "loop"), file("loop/x", "x"), file("z", "", { mode: 0 })),
    ]);
    expect(tree.skipped.map(({ name }) => name)).toEqual(["no/where", "loop/x", "z"]);
    expect(tree.list("/")).toEqual(["loop"]);
  });

  test("is a tree like any other: it follows no link and throws for what is no file", () => {
    const device = { ...file("c", ""), mode: 0o020600, device: { major: 5, minor: 1 } };
    const tree = imageTree("t", [archive(directory("d"), link("l", "d"), device)]);
    expect(tree.lstat("/c")).toEqual({ type: "character", mode: 0o600, size: 0, device: { major: 5, minor: 1 } });
    expect(tree.readlink("/l")).toBe("d");
    expect(tree.list("/l")).toEqual([]);
    expect(() => tree.readlink("/d")).toThrow("t: /d is not a link");
    expect(() => tree.readAt("/c", 0, 1)).toThrow("t: /c is not a regular file");
  });
});

function read(tree: ReturnType<typeof imageTree>, path: string): string {
  return Buffer.from(tree.readAt(path, 0, 100)).toString();
}

function archive(...entries: readonly CpioEntry[]): CpioArchive {
  return { entries, offset: 0, ending: { is: "trailer" } };
}

function file(name: string, data: string, more: Partial<CpioEntry> = {}): CpioEntry {
  const device = { major: 0, minor: 0 };
  const base = { ino: 1, mode: 0o100644, uid: 0, gid: 0, nlink: 1, mtime: 0, on: "0:1", device };
  return { ...base, name, data: Buffer.from(data), ...more };
}

function directory(name: string, mode = 0o040755): CpioEntry {
  return file(name, "", { mode, nlink: 2 });
}

function link(name: string, target: string): CpioEntry {
  return file(name, target, { mode: 0o120777 });
}
