import { describe, expect, it } from "vitest";
import { byteOrder } from "./byte-order.ts";
import { memoryTree } from "./memory-tree.ts";

describe("memoryTree", () => {
  it("makes the parents of a file", () => {
    const tree = memoryTree({ "/usr/bin/true": "x" });
    expect(tree.lstat("/usr")).toEqual({ type: "directory", mode: 0o755, size: 0 });
    expect(tree.list("/")).toEqual(["usr"]);
    expect(tree.list("/usr/bin")).toEqual(["true"]);
  });

  it("gives scripts and ELF files the mode of a program, unless told otherwise", () => {
    const tree = memoryTree({
      "/script": "#!/bin/sh",
      "/elf": Uint8Array.of(0x7f, 0x45, 0x4c, 0x46),
      "/text": "hello",
      "/secret": { content: "#!", mode: 0o600 },
    });
    const modes = ["/script", "/elf", "/text", "/secret"].map((path) => tree.lstat(path)?.mode);
    expect(modes).toEqual([0o755, 0o755, 0o644, 0o600]);
  });

  it("follows no link", () => {
    const tree = memoryTree({ "/usr/bin/true": "x", "/bin": { symlink: "usr/bin" } });
    expect(tree.readlink("/bin")).toBe("usr/bin");
    expect(tree.lstat("/bin/true")).toBeUndefined();
    expect(tree.list("/bin")).toEqual([]);
  });

  it("reads parts of a file, and less at its end", () => {
    const tree = memoryTree({ "/a": "0123456789" });
    expect(Buffer.from(tree.readAt("/a", 3, 4)).toString()).toBe("3456");
    expect(tree.readAt("/a", 8, 4)).toHaveLength(2);
    expect(tree.readAt("/a", 100, 4)).toHaveLength(0);
    expect(() => tree.readAt("/", 0, 1)).toThrow("not a regular file");
  });

  it("refuses a path that is not canonical, and one below a file", () => {
    for (const path of ["a", "/a/", "/a//b", "/a/../b", "/.", ""]) {
      expect(() => memoryTree({ [path]: "" })).toThrow("canonical");
    }
    expect(() => memoryTree({ "/a": "", "/a/b": "" })).toThrow("no directory");
  });

  it("knows devices", () => {
    const tree = memoryTree({ "/dev/null": { special: "character", major: 1, minor: 3, mode: 0o666 } });
    expect(tree.lstat("/dev/null")).toEqual({
      type: "character",
      mode: 0o666,
      size: 0,
      device: { major: 1, minor: 3 },
    });
  });
});

describe("byteOrder", () => {
  it("sorts by the bytes of UTF-8, not by UTF-16", () => {
    expect(["\u{1f600}", "\uffee", "b", "a", "B"].sort(byteOrder)).toEqual(["B", "a", "b", "\uffee", "\u{1f600}"]);
  });
});
