import fc from "fast-check";
import { expect, test } from "vitest";
import { memoryTree, type MemoryFile } from "../sysroot/memory-tree.ts";
import { compareFiles } from "./files.ts";

const file: fc.Arbitrary<MemoryFile> = fc.oneof(
  fc.string(),
  fc.uint8Array({ maxLength: 8 }),
  fc.record({ content: fc.string(), mode: fc.constantFrom(0o600, 0o644, 0o755) }),
  fc.constantFrom({ symlink: "other" }, { directory: true } as const),
);
const tree = fc
  .dictionary(fc.constantFrom("/init", "/etc/a", "/etc/b", "/usr/lib/systemd/system/a.service", "/key"), file)
  .map((files) => memoryTree(files));

const changesOf = (before: Record<string, MemoryFile>, after: Record<string, MemoryFile>) =>
  compareFiles(memoryTree(before), memoryTree(after)).changes;

test("a tree does not differ from itself", () => {
  fc.assert(
    fc.property(tree, (one) => {
      expect(compareFiles(one, one).changes).toEqual([]);
    }),
  );
});

test("what one way adds, the other way removes", () => {
  const opposite = { added: "removed", removed: "added", changed: "changed" } as const;
  fc.assert(
    fc.property(tree, tree, (one, other) => {
      const there = compareFiles(one, other).changes.map(({ is, path }) => `${opposite[is]} ${path}`);
      const back = compareFiles(other, one).changes.map(({ is, path }) => `${is} ${path}`);
      expect(back).toEqual(there);
    }),
  );
});

test("what a secret holds is never shown, not even when it becomes readable", () => {
  const secret = { content: "hunter2\n", mode: 0o600 };
  const others = [
    { content: "hunter3\n", mode: 0o600 },
    { content: "open\n", mode: 0o644 },
  ];
  for (const other of others) {
    for (const [before, after] of [
      [secret, other],
      [other, secret],
    ] as const) {
      const changes = changesOf({ "/etc/key": before }, { "/etc/key": after });
      expect(changes).toMatchObject([{ is: "changed", class: "secrets" }]);
      expect(JSON.stringify(changes)).not.toMatch(/hunter|open/);
    }
  }
});

test("a text that changed is shown line by line, bytes are not", () => {
  const [text] = changesOf({ "/etc/a.conf": "one\ntwo\n" }, { "/etc/a.conf": "one\n2\n" });
  expect(text?.hunks?.[0]?.lines).toEqual([
    { is: "same", text: "one" },
    { is: "removed", text: "two" },
    { is: "added", text: "2" },
  ]);
  const [bytes] = changesOf({ "/a": new Uint8Array([0, 1]) }, { "/a": new Uint8Array([0, 2]) });
  expect(bytes).toMatchObject({ is: "changed", what: ["content"] });
  expect(bytes).not.toHaveProperty("hunks");
});

test("a file that only names another line of the declaration is told apart from one that says something else", () => {
  const unit = (line: string, type: string) => ({
    "/a.mount": `# Written by unitrd from ${line} luks.root.\nType=${type}\n`,
  });
  const [moved] = changesOf(unit("old.toml:6", "ext4"), unit("new.toml:17", "ext4"));
  expect(moved?.what).toEqual(["origin"]);
  const [changed] = changesOf(unit("old.toml:6", "ext4"), unit("new.toml:17", "xfs"));
  expect(changed?.what).toEqual(["content"]);
  expect(changed?.hunks?.flatMap(({ lines }) => lines.map(({ is, text }) => `${is} ${text}`))).toEqual([
    "same # Written by unitrd from new.toml:17 luks.root.",
    "removed Type=ext4",
    "added Type=xfs",
  ]);
});

test("a module of another release of the kernel is the same module", () => {
  const at = (release: string, content: string) => ({
    [`/usr/lib/modules/${release}/kernel/ext4.ko`]: content,
    [`/usr/lib/modules/${release}/kernel/jbd2.ko`]: "the same",
  });
  const difference = compareFiles(memoryTree(at("6.1.0-1", "old")), memoryTree(at("6.1.0-2", "new")));
  expect(difference.changes.map(({ is, path }) => [is, path])).toEqual([
    ["changed", "/usr/lib/modules/6.1.0-2/kernel/ext4.ko"],
  ]);
  expect(difference.kernels).toEqual({ before: ["6.1.0-1"], after: ["6.1.0-2"] });
});

test("mode, target and type are differences of their own", () => {
  const before: Record<string, MemoryFile> = { "/a": { content: "x", mode: 0o644 }, "/b": { symlink: "a" }, "/c": "c" };
  const after: Record<string, MemoryFile> = {
    "/a": { content: "x", mode: 0o755 },
    "/b": { symlink: "c" },
    "/c": { symlink: "a" },
  };
  expect(changesOf(before, after).map(({ path, what }) => [path, ...what])).toEqual([
    ["/a", "mode"],
    ["/b", "target"],
    ["/c", "type", "target"],
  ]);
});

test("the tally counts every file once on each side", () => {
  fc.assert(
    fc.property(tree, tree, (one, other) => {
      const { tallies, changes } = compareFiles(one, other);
      const sum = (of: (tally: (typeof tallies)[number]) => number) =>
        tallies.reduce((all, tally) => all + of(tally), 0);
      const gone = sum(({ removed }) => removed.files);
      expect(sum(({ before }) => before.files) - gone + sum(({ added }) => added.files)).toBe(
        sum(({ after }) => after.files),
      );
      expect(sum(({ changed }) => changed) + gone + sum(({ added }) => added.files)).toBe(changes.length);
    }),
  );
});
