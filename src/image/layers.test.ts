import { expect, test } from "vitest";
import { layersOf } from "./layers.ts";
import type { Entry, LayerName } from "./manifest.ts";

test("cuts a manifest into its layers, in the order of unpacking, each with the directories it needs", () => {
  const layers = layersOf({
    entries: [
      directory("/etc", "config", 0o750),
      file("/etc/hostname", "config"),
      directory("/etc/keys", "secrets"),
      file("/etc/keys/root", "secrets"),
      directory("/usr", "userland"),
      file("/usr/sh", "userland"),
    ],
  });
  expect(layers.map((layer) => [layer.name, ...layer.entries.map((entry) => entry.path)])).toEqual([
    ["userland", "/usr", "/usr/sh"],
    ["config", "/etc", "/etc/hostname"],
    ["secrets", "/etc", "/etc/keys", "/etc/keys/root"],
  ]);
  expect(layers[2]?.entries[0]).toMatchObject({ mode: 0o750 });
});

test.each<[string, Entry[]]>([
  ["unsorted", [file("/b", "config"), file("/a", "config")]],
  ["with a path twice", [file("/a", "config"), file("/a", "userland")]],
  ["without a directory", [file("/a/b", "config")]],
  ["with a file as a directory", [file("/a", "config"), file("/a/b", "config")]],
])("throws for a manifest %s", (_, entries) => {
  expect(() => layersOf({ entries })).toThrow(/^manifest: /);
});

function directory(path: string, layer: LayerName, mode = 0o755): Entry {
  return { type: "directory", path, layer, mode, uid: 0, gid: 0, why: [] };
}

function file(path: string, layer: LayerName): Entry {
  const content = { is: "bytes", bytes: new Uint8Array(1) } as const;
  return { type: "file", path, layer, mode: 0o600, uid: 0, gid: 0, why: [], content };
}
