import { describe, expect, it } from "vitest";
import { memoryTree } from "./memory-tree.ts";
import { findProgram } from "./programs.ts";

const tree = memoryTree({
  "/usr/bin/dash": "#!",
  "/usr/bin/sh": { symlink: "dash" },
  "/bin": { symlink: "usr/bin" },
  "/usr/sbin/both": "#!",
  "/usr/bin/both": "#!",
  "/usr/bin/data": "no program",
  "/usr/lib/systemd/data": "#!",
  "/usr/bin/broken": { symlink: "nowhere" },
  "/usr/bin/dir": { directory: true },
});

describe("findProgram", () => {
  it("looks in the usual directories, sbin first, and keeps the name it was asked for", () => {
    expect(findProgram(tree, "both")).toMatchObject({ found: true, path: "/usr/sbin/both" });
    expect(findProgram(tree, "sh")).toMatchObject({
      found: true,
      path: "/usr/bin/sh",
      resolution: { path: "/usr/bin/dash" },
    });
  });

  it("takes an absolute path as it is", () => {
    expect(findProgram(tree, "/bin/sh")).toMatchObject({ path: "/bin/sh", resolution: { path: "/usr/bin/dash" } });
    expect(findProgram(tree, "/sbin/sh").found).toBe(false);
  });

  it("passes over what cannot be executed, and says so if there is nothing else", () => {
    expect(findProgram(tree, "data")).toMatchObject({ found: true, path: "/usr/lib/systemd/data" });
    expect(findProgram(tree, "/usr/bin/data")).toMatchObject({ found: false, notExecutable: "/usr/bin/data" });
    expect(findProgram(tree, "dir")).toMatchObject({ found: false, notExecutable: "/usr/bin/dir" });
    expect(findProgram(tree, "broken")).toMatchObject({ found: false, notExecutable: undefined });
  });

  it("finds nothing by a relative path", () => {
    for (const name of ["", ".", "..", "bin/sh", "../bin/sh"]) {
      expect(findProgram(tree, name)).toMatchObject({ found: false, looked: [] });
    }
  });
});
