import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryTree } from "./memory-tree.ts";
import { resolve, unresolvedPhrase } from "./resolve.ts";

const tree = memoryTree({
  "/usr/lib/libc.so.6": "libc",
  "/lib": { symlink: "usr/lib" },
  "/lib64": { symlink: "/lib" },
  "/usr/bin/sh": { symlink: "/etc/alternatives/sh" },
  "/etc/alternatives/sh": { symlink: "../../usr/bin/dash" },
  "/usr/bin/dash": "dash",
  "/loop": { symlink: "loop" },
  "/a": { symlink: "b" },
  "/b": { symlink: "a" },
  "/out": { symlink: "../etc/passwd" },
  "/deep/out": { symlink: "../../outside/../deep" },
  "/dangling": { symlink: "nowhere/at/all" },
  "/empty": { symlink: "" },
  "/top": { symlink: "/" },
});

describe("resolve", () => {
  it("follows links to directories and names each one it walked", () => {
    expect(resolve(tree, "/lib64/libc.so.6")).toEqual({
      found: true,
      path: "/usr/lib/libc.so.6",
      stat: { type: "file", mode: 0o644, size: 4 },
      links: [
        { path: "/lib64", target: "/lib" },
        { path: "/lib", target: "usr/lib" },
      ],
    });
  });

  it("takes absolute targets from the tree's root", () => {
    const found = resolve(tree, "/usr/bin/sh");
    expect(found).toMatchObject({ found: true, path: "/usr/bin/dash" });
    expect(found.links.map((link) => link.path)).toEqual(["/usr/bin/sh", "/etc/alternatives/sh"]);
  });

  it("stays at the root when the path itself climbs above it", () => {
    expect(resolve(tree, "/../../usr/./bin//dash")).toMatchObject({ found: true, path: "/usr/bin/dash" });
    expect(resolve(tree, "/")).toMatchObject({ found: true, path: "/" });
    expect(resolve(tree, "/top/usr/../lib")).toMatchObject({ found: true, path: "/usr/lib" });
  });

  it("says so when a link climbs above the root", () => {
    expect(resolve(tree, "/out")).toMatchObject({ found: false, because: "leaves-tree", where: "/out" });
    expect(resolve(tree, "/deep/out")).toMatchObject({ found: false, because: "leaves-tree", where: "/deep/out" });
  });

  it("lets the path's own `..` behind a link stay at the root", () => {
    expect(resolve(tree, "/lib/../../../usr")).toMatchObject({ found: true, path: "/usr" });
  });

  it("ends in a loop, with the link where it gave up", () => {
    expect(resolve(tree, "/loop")).toMatchObject({ found: false, because: "loop", where: "/loop" });
    expect(resolve(tree, "/a/x")).toMatchObject({ found: false, because: "loop" });
  });

  it("follows forty links and not one more", () => {
    const chain = (length: number) =>
      memoryTree({
        "/end": "",
        ...Object.fromEntries(
          Array.from({ length }, (_, i) => [`/l${i}`, { symlink: i === length - 1 ? "end" : `l${i + 1}` }]),
        ),
      });
    expect(resolve(chain(40), "/l0")).toMatchObject({ found: true, path: "/end" });
    expect(resolve(chain(41), "/l0")).toMatchObject({ found: false, because: "loop" });
  });

  it("says where a path ends", () => {
    expect(resolve(tree, "/dangling")).toMatchObject({ because: "missing", where: "/nowhere" });
    expect(resolve(tree, "/usr/bin/dash/x")).toMatchObject({ because: "not-a-directory", where: "/usr/bin/dash" });
    expect(resolve(tree, "/empty")).toMatchObject({ because: "missing", where: "/empty" });
    const nowhere = resolve(tree, "/usr/nothing");
    expect(nowhere.found ? "" : unresolvedPhrase(nowhere)).toBe("/usr/nothing does not exist");
  });

  it("never throws and never answers with a link, whatever the links say", () => {
    const names = fc.constantFrom("a", "b", "c", "..", ".", "", "d");
    const target = fc.tuple(fc.boolean(), fc.array(names, { maxLength: 4 }));
    fc.assert(
      fc.property(
        fc.array(target, { minLength: 3, maxLength: 3 }),
        fc.array(names, { maxLength: 6 }),
        (links, path) => {
          const [a, b, c] = links.map(([absolute, parts]) => ({ symlink: (absolute ? "/" : "") + parts.join("/") }));
          const random = memoryTree({ "/a": a ?? "", "/d/b": b ?? "", "/d/c": c ?? "", "/b": "file" });
          const found = resolve(random, `/${path.join("/")}`);
          if (!found.found) return found.links.length <= 40;
          return found.stat.type !== "symlink" && random.lstat(found.path) !== undefined;
        },
      ),
    );
  });
});
