import { describe, expect, test } from "vitest";
import { findings } from "../diagnostics/diagnostic.ts";
import type { Findings } from "../diagnostics/diagnostic.ts";
import { manifestBuilder } from "./manifest-builder.ts";
import type { Addition, ManifestBuilder } from "./manifest-builder.ts";
import type { LayerName, Manifest } from "./manifest.ts";

describe("manifestBuilder", () => {
  test("adds the directories that an entry lies in, each once, before it", () => {
    expect(paths(built(file("/usr/lib/a"), file("/usr/lib/b")).manifest)).toEqual([
      "/usr directory",
      "/usr/lib directory",
      "/usr/lib/a file",
      "/usr/lib/b file",
    ]);
  });

  test("lands behind a link whichever of the two was added first", () => {
    const additions = [
      file("/lib/modules/x", "kernel"),
      link("/lib", "usr/lib"),
      file("/lib64/y"),
      link("/lib64", "/lib"),
    ];
    const expected = [
      "/lib symlink",
      "/lib64 symlink",
      "/usr directory",
      "/usr/lib directory",
      "/usr/lib/modules directory",
      "/usr/lib/modules/x file",
      "/usr/lib/y file",
    ];
    expect(paths(built(...additions).manifest)).toEqual(expected);
    expect(paths(built(...additions.toReversed()).manifest)).toEqual(expected);
  });

  test("makes a directory where a link to it leads", () => {
    const { manifest, found } = built(link("/var/run", "/run"), directory("/var/run", 0o755));
    expect(paths(manifest)).toEqual(["/run directory", "/var directory", "/var/run symlink"]);
    expect(found.all).toEqual([]);
  });

  test("keeps links inside the image however far up they point", () => {
    const { manifest } = built(link("/a/b", "../../../../etc"), file("/a/b/passwd"));
    expect(paths(manifest)).toContain("/etc/passwd file");
  });

  test("tells where a path really is", () => {
    const { builder } = built(link("/lib", "usr/lib"), link("/usr/lib/x", "y"));
    expect(builder.canonical("/lib/x/z")).toBe("/usr/lib/y/z");
    expect(builder.canonical("/lib")).toBe("/lib");
    expect(builder.canonical("/bin/sh")).toBe("/bin/sh");
  });

  test("knows what was added, under every name", () => {
    const { builder } = built(link("/bin", "usr/bin"), file("/usr/bin/sh"));
    expect(builder.has("/bin/sh")).toBe(true);
    expect(builder.has("/usr/bin")).toBe(false);
    builder.add(file("/bin/ls"));
    expect(builder.has("/usr/bin/ls")).toBe(true);
  });

  test("unites the reasons of an entry that is added twice", () => {
    const { manifest, found } = built(
      { ...file("/a"), why: [[{ what: "one" }]] },
      { ...file("/a"), why: [[{ what: "two" }], [{ what: "one" }]] },
    );
    expect(manifest.entries[0]?.why).toEqual([[{ what: "one" }], [{ what: "two" }]]);
    expect(found.all).toEqual([]);
  });

  test.each<[string, Addition, Addition]>([
    ["content", file("/a"), { ...file("/a"), content: bytes("other") }],
    ["mode", file("/a"), { ...file("/a"), mode: 0o755 }],
    ["owner", file("/a"), { ...file("/a"), uid: 7 }],
    ["type", file("/a"), link("/a", "b")],
    ["target", link("/a", "b"), link("/a", "c")],
    ["mode of a directory", directory("/a", 0o755), directory("/a", 0o1777)],
    ["device", console(1), console(2)],
  ])("reports two entries at one path that differ in %s, naming both reasons", (_, first, second) => {
    const { found } = built(
      { ...first, why: [[{ what: "the first" }]] },
      { ...second, why: [[{ what: "the second" }]] },
    );
    expect(found.all.map(({ code }) => code)).toEqual(["U400"]);
    expect(found.all[0]?.message).toMatch(/the first.*the second/);
  });

  test("takes two files for the same when the caller knows that they are", () => {
    const found = findings();
    const builder = manifestBuilder(found.report, () => true);
    builder.add({ ...file("/a"), content: { is: "sysroot", path: "/x", size: 1 } });
    builder.add({ ...file("/a"), content: { is: "sysroot", path: "/y", size: 1 } });
    expect(builder.done().entries).toHaveLength(1);
    expect(found.all).toEqual([]);
  });

  test("uses the mode of a directory that was asked for, whatever lies in it", () => {
    const { manifest } = built(file("/tmp/x"), directory("/tmp", 0o1777));
    expect(manifest.entries[0]).toMatchObject({ path: "/tmp", mode: 0o1777 });
  });

  test.each([
    "etc/x",
    "",
    "/a//b",
    "/a/",
    "/a/../b",
    "/./a",
    "/a\0b",
    "/\ud800",
    "/\ufffd",
    "/TRAILER!!!",
    `/${"a".repeat(256)}`,
    "/aaaaaaa".repeat(600),
  ])("refuses the path %j", (path) => {
    const { manifest, found } = built(file(path));
    expect(found.all.map(({ code }) => code)).toEqual(["U401"]);
    expect(manifest.entries).toEqual([]);
  });

  test("refuses what lies below a file", () => {
    const { manifest, found } = built(file("/a/b"), file("/a"));
    expect(found.all.map(({ code }) => code)).toEqual(["U404"]);
    expect(paths(manifest)).toEqual(["/a file"]);
  });

  test("refuses what is reached through links in a circle, and nothing else", () => {
    const { manifest, found } = built(link("/a", "b"), link("/b", "a"), file("/a/x"));
    expect(found.all.map(({ code }) => code)).toEqual(["U405"]);
    expect(paths(manifest)).toEqual(["/a symlink", "/b symlink"]);
  });

  test.each([
    { ...file("/k", "secrets"), mode: 0o640 },
    { ...file("/k", "secrets"), mode: 0o700 },
    { ...link("/k", "x"), layer: "secrets" as const },
    { ...directory("/k", 0o700), layer: "secrets" as const },
  ])("refuses a secret that others may read or that is no file: $type $mode", (addition) => {
    expect(built(addition).found.all.map(({ code }) => code)).toEqual(["U402"]);
  });

  test("keeps secret what is secret for one of two", () => {
    const plain = { ...file("/k", "config"), mode: 0o600 };
    const { manifest } = built(plain, { ...plain, layer: "secrets" });
    expect(manifest.entries[0]?.layer).toBe("secrets");
  });

  test("refuses a file of 4 GiB without reading it", () => {
    const content = { is: "sysroot", path: "/x", size: 2 ** 32 } as const;
    expect(built({ ...file("/a"), content }).found.all.map(({ code }) => code)).toEqual(["U403"]);
  });

  test("sorts by bytes", () => {
    expect(paths(built(file("/\u{1f600}"), file("/\uff5e"), file("/Z"), file("/a")).manifest)).toEqual([
      "/Z file",
      "/a file",
      "/\uff5e file",
      "/\u{1f600} file",
    ]);
  });
});

function built(...additions: readonly Addition[]): { builder: ManifestBuilder; manifest: Manifest; found: Findings } {
  const found = findings();
  const builder = manifestBuilder(found.report);
  for (const addition of additions) builder.add(addition);
  return { builder, manifest: builder.done(), found };
}

function paths(manifest: Manifest): readonly string[] {
  return manifest.entries.map((entry) => `${entry.path} ${entry.type}`);
}

const why = [[{ what: "a test" }]];

function bytes(text: string) {
  return { is: "bytes", bytes: Buffer.from(text) } as const;
}

function file(path: string, layer: LayerName = "userland") {
  return { type: "file", path, layer, mode: layer === "secrets" ? 0o600 : 0o644, content: bytes(path), why } as const;
}

function link(path: string, target: string) {
  return { type: "symlink", path, layer: "userland", target, why } as const;
}

function directory(path: string, mode: number) {
  return { type: "directory", path, layer: "userland", mode, why } as const;
}

function console(minor: number): Addition {
  return { type: "character", path: "/dev/console", layer: "userland", mode: 0o600, device: { major: 5, minor }, why };
}
