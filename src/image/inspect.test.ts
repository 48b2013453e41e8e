import { describe, expect, test } from "vitest";
import type { CpioEntry } from "./cpio-reader.ts";
import { imageTree } from "./image-tree.ts";
import { extractPlan, listing, modeString } from "./inspect.ts";

const tree = imageTree("t", [
  {
    offset: 0,
    ending: { is: "trailer" },
    entries: [
      entry("dev", 0o040755),
      entry("dev/console", 0o020600),
      entry("usr", 0o040755),
      entry("usr/a", 0o100755, "hello", 2),
      entry("usr/b", 0o100755, "", 2),
      entry("bin", 0o120777, "usr"),
    ],
  },
]);

describe("listing", () => {
  test("says of every file what ls -l would", () => {
    expect(listing(tree).map((file) => `${modeString(file)} ${file.links} ${file.size} ${file.path}`)).toEqual([
      "lrwxrwxrwx 1 3 /bin",
      "drwxr-xr-x 1 0 /dev",
      "crw------- 1 0 /dev/console",
      "drwxr-xr-x 1 0 /usr",
      "-rwxr-xr-x 2 5 /usr/a",
      "-rwxr-xr-x 2 5 /usr/b",
    ]);
    expect(listing(tree)[0]).toMatchObject({ target: "usr" });
    expect(listing(tree)[2]).toMatchObject({ device: { major: 5, minor: 1 } });
  });

  test("can begin at any path", () => {
    expect(listing(tree, "/usr").map(({ path }) => path)).toEqual(["/usr", "/usr/a", "/usr/b"]);
    expect(listing(tree, "/none")).toEqual([]);
  });
});

test.each([
  [0o4755, "-rwsr-xr-x"],
  [0o2640, "-rw-r-S---"],
  [0o1777, "-rwxrwxrwt"],
  [0, "----------"],
])("modeString writes %o as ls does", (mode, expected) => {
  expect(modeString({ type: "file", mode })).toBe(expected);
});

describe("extractPlan", () => {
  test("makes directories first and links last, and names of one file as hard links", () => {
    expect(extractPlan(tree).map((step) => `${step.is} ${step.path}`)).toEqual([
      "directory /dev",
      "directory /usr",
      "device /dev/console",
      "file /usr/a",
      "hard-link /usr/b",
      "symlink /bin",
    ]);
  });

  test("brings the directories along that a single file lies in", () => {
    expect(extractPlan(tree, "/usr/b").map((step) => `${step.is} ${step.path}`)).toEqual([
      "directory /usr",
      "file /usr/b",
    ]);
  });
});

function entry(name: string, mode: number, data = "", nlink = 1): CpioEntry {
  const device = { major: 5, minor: 1 };
  return { name, mode, ino: 1, uid: 0, gid: 0, nlink, mtime: 0, on: "0:1", device, data: Buffer.from(data) };
}
