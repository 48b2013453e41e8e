import { describe, expect, it } from "vitest";
import { memoryTree } from "./memory-tree.ts";
import { osRelease, parseOsRelease } from "./os-release.ts";

describe("osRelease", () => {
  it("reads /etc/os-release, through its link, before /usr/lib/os-release", () => {
    const text = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n';
    const tree = memoryTree({
      "/usr/lib/os-release": text,
      "/etc/os-release": { symlink: "../usr/lib/os-release" },
    });
    expect(osRelease(tree)).toEqual({
      id: "debian",
      versionId: "12",
      prettyName: "Debian GNU/Linux 12 (bookworm)",
      path: "/usr/lib/os-release",
    });
    expect(osRelease(memoryTree({ "/usr/lib/os-release": "ID=arch" }))).toMatchObject({ id: "arch", versionId: "" });
  });

  it("has defaults for what is not said, and nothing for a tree without the file", () => {
    expect(osRelease(memoryTree({ "/etc/os-release": "" }))).toMatchObject({ id: "linux", prettyName: "Linux" });
    expect(osRelease(memoryTree({ "/etc/os-release": { symlink: "../../out" } }))).toBeUndefined();
  });
});

describe("parseOsRelease", () => {
  it("understands both quotes and the four escapes", () => {
    const values = parseOsRelease(`A="x \\"y\\" \\$z \\\\ \\\`"\nB='a "b" \\'\nC=plain  \n`);
    expect([...values]).toEqual([
      ["A", 'x "y" $z \\ `'],
      ["B", 'a "b" \\'],
      ["C", "plain"],
    ]);
  });

  it("passes over comments and lines that are no assignment; the last of two wins", () => {
    const values = parseOsRelease('# A=1\nno assignment\n1A=x\nB="open\nC=two words\nD=1\nD=2\n__proto__=x');
    expect([...values]).toEqual([
      ["D", "2"],
      ["__proto__", "x"],
    ]);
  });

  it("drops what would play with a terminal", () => {
    expect(parseOsRelease("A=\u001b[31mred\u202e").get("A")).toBe("[31mred");
  });
});
