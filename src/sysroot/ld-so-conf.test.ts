import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loaderConfiguration } from "./ld-so-conf.ts";
import { memoryTree } from "./memory-tree.ts";

const main = (text: string, more: Record<string, string> = {}) =>
  loaderConfiguration(memoryTree({ "/etc/ld.so.conf": text, ...more }));

describe("loaderConfiguration", () => {
  it("names a directory for each line, once, without comments and old marks", () => {
    expect(main("/a\n# /b\n  /c/  # why\n\n/d=libc6\n/a\nrelative\nhwcap 0 nosegneg\n")).toEqual(["/a", "/c", "/d"]);
  });

  it("includes files by pattern, in byte order, relative to the file that includes", () => {
    const files = {
      "/etc/conf.d/b.conf": "/b",
      "/etc/conf.d/B.conf": "/B",
      "/etc/conf.d/.hidden.conf": "/hidden",
      "/etc/conf.d/c.txt": "/c",
      "/opt/x1/conf": "/x1",
      "/opt/x2/conf": "/x2",
    };
    expect(main("/first\ninclude conf.d/*.conf /opt/x[!1]/conf\n/last", files)).toEqual([
      "/first",
      "/B",
      "/b",
      "/x2",
      "/last",
    ]);
  });

  it("ends when files include each other", () => {
    const files = { "/etc/a": "/a\ninclude /etc/b", "/etc/b": "include a\n/b" };
    expect(main("include a b", files)).toEqual(["/a", "/b"]);
  });

  it("is empty without the file", () => {
    expect(loaderConfiguration(memoryTree({}))).toEqual([]);
  });

  it("takes little time for a pattern that is made to take long", () => {
    const name = "a".repeat(200);
    expect(main(`include /etc/${"*a".repeat(90)}b`, { [`/etc/${name}`]: "/never" })).toEqual([]);
  });

  it("answers with absolute paths for any text", () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => main(text).every((path) => path.startsWith("/"))));
    fc.assert(fc.property(fc.string(), (text) => main(`include ${text}`).every((path) => path.startsWith("/"))));
  });
});
