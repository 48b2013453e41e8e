import { execFileSync } from "node:child_process";
import { lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryManifest, bytesOf } from "../testing/arbitrary-manifest.ts";
import { readCpio } from "./cpio-reader.ts";
import { imageTree } from "./image-tree.ts";
import { layersOf } from "./layers.ts";
import type { Layer } from "./layers.ts";
import type { Entry, Manifest } from "./manifest.ts";
import { pack } from "./pack.ts";

describe("pack", () => {
  test("makes archives that our reader reads back alike, whatever is in them", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryManifest(), async (manifest) => {
        const archives = await archivesOf(manifest);
        for (const bytes of archives) expect(bytes.length % 4).toBe(0);
        const read = archives.map((bytes) => readCpio(bytes, 0));
        expect(read.map((archive) => archive.ending)).toEqual(read.map(() => ({ is: "trailer" })));
        const tree = imageTree("packed", read);
        expect(tree.skipped).toEqual([]);
        for (const entry of manifest.entries) {
          expect({ path: entry.path, ...tree.lstat(entry.path) }).toEqual(expectedStat(entry));
          expect(tree.ownerOf(entry.path)).toEqual({ uid: entry.uid, gid: entry.gid });
          if (entry.type === "symlink") expect(tree.readlink(entry.path)).toBe(entry.target);
          if (entry.type !== "file") continue;
          expect(Buffer.from(tree.readAt(entry.path, 0, 1 << 20)).equals(bytesOf(entry.content))).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("makes archives that GNU cpio unpacks alike", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryManifest(), async (manifest) => {
        const directory = mkdtempSync(join(tmpdir(), "unitrd-pack-"));
        try {
          for (const bytes of await archivesOf({ entries: manifest.entries.filter(isForEverybody).map(asOwn) })) {
            execFileSync("cpio", ["-id", "--quiet", "--no-absolute-filenames"], { input: bytes, cwd: directory });
          }
          for (const entry of manifest.entries.filter(isForEverybody)) {
            const path = join(directory, entry.path);
            const stat = lstatSync(path);
            if (entry.type === "directory") expect(stat.isDirectory()).toBe(true);
            if (entry.type === "symlink") expect(readlinkSync(path)).toBe(entry.target);
            if (entry.type !== "file") continue;
            expect(stat.isFile()).toBe(true);
            expect(readFileSync(path).equals(bytesOf(entry.content))).toBe(true);
          }
        } finally {
          rmSync(directory, { recursive: true });
        }
      }),
      { numRuns: 40 },
    );
  });

  test("makes archives of which GNU cpio lists the names alike", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryManifest(), async (manifest) => {
        for (const layer of layersOf(manifest)) {
          const names = execFileSync("cpio", ["-it", "--quiet"], { input: await packed(layer), encoding: "utf8" });
          expect(names).toBe(layer.entries.map((entry) => `${entry.path.slice(1)}\n`).join(""));
        }
      }),
      { numRuns: 40 },
    );
  });

  test("makes archives of which GNU cpio lists modes, owners, devices and sizes alike", async () => {
    const base = { layer: "userland", uid: 0, gid: 42, why: [] } as const;
    const content = { is: "bytes", bytes: Buffer.from("hello") } as const;
    const entries: Entry[] = [
      { ...base, type: "symlink", path: "/bin", target: "usr/bin" },
      { ...base, type: "character", path: "/console", mode: 0o600, device: { major: 5, minor: 1 } },
      { ...base, type: "file", path: "/größe", mode: 0o4755, content },
      { ...base, type: "directory", path: "/tmp", mode: 0o1777 },
    ];
    const listed = execFileSync("cpio", ["-itv", "--quiet", "--numeric-uid-gid"], {
      input: await packed({ name: "userland", entries }),
      encoding: "utf8",
      env: { ...process.env, TZ: "UTC", LC_ALL: "C.UTF-8" },
    });
    expect(listed.replaceAll(/ +/g, " ")).toBe(
      [
        "lrwxrwxrwx 1 0 42 7 Jan 1 1970 bin -> usr/bin",
        "crw------- 1 0 42 5, 1 Jan 1 1970 console",
        "-rwsr-xr-x 1 0 42 5 Jan 1 1970 größe",
        "drwxrwxrwt 1 0 42 0 Jan 1 1970 tmp",
        "",
      ].join("\n"),
    );
  });

  test("gives every file of a layer a number of its own and one link, so that none is taken for another", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryManifest(), async (manifest) => {
        for (const bytes of await archivesOf(manifest)) {
          const { entries } = readCpio(bytes, 0);
          expect(new Set(entries.map((entry) => entry.ino)).size).toBe(entries.length);
          expect(entries.every((entry) => entry.nlink === 1 && entry.mtime === 0)).toBe(true);
        }
      }),
    );
  });

  test("refuses a file that no longer has the size it had", async () => {
    const entry: Entry = {
      type: "file",
      path: "/a",
      layer: "kernel",
      mode: 0o644,
      uid: 0,
      gid: 0,
      why: [],
      content: { is: "sysroot", path: "/a", size: 5 },
    };
    await expect(collect(pack({ name: "kernel", entries: [entry] }, () => new Uint8Array(4)))).rejects.toThrow(
      "/a changed while it was packed",
    );
  });

  test("packs an empty layer as nothing but the entry that ends an archive", async () => {
    expect(readCpio(await packed({ name: "config", entries: [] }), 0)).toMatchObject({
      entries: [],
      ending: { is: "trailer" },
    });
  });
});

function expectedStat(entry: Entry) {
  const { path, type } = entry;
  switch (type) {
    case "file":
      return { path, type, mode: entry.mode, size: bytesOf(entry.content).length };
    case "directory":
      return { path, type, mode: entry.mode, size: 0 };
    case "symlink":
      return { path, type, mode: 0o777, size: Buffer.byteLength(entry.target) };
    case "character":
      return { path, type, mode: entry.mode, size: 0, device: entry.device };
  }
}

/** What an ordinary user may unpack and look at. */
function isForEverybody(entry: Entry): boolean {
  return entry.type !== "character";
}

function asOwn(entry: Entry): Entry {
  const owned = { ...entry, uid: process.getuid!(), gid: process.getgid!() };
  if (owned.type === "symlink") return owned;
  return { ...owned, mode: (owned.mode & 0o777) | (entry.type === "directory" ? 0o700 : 0o400) };
}

async function archivesOf(manifest: Manifest): Promise<readonly Uint8Array[]> {
  return Promise.all(layersOf(manifest).map(packed));
}

function packed(layer: Layer): Promise<Buffer> {
  return collect(pack(layer, bytesOf));
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
