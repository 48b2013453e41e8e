import { describe, expect, it } from "vitest";
import { findings } from "../diagnostics/diagnostic.ts";
import { kernelFiles } from "./kernel-files.ts";
import { openKernel } from "./kernel.ts";
import { memoryTree } from "./memory-tree.ts";
import { moduleFiles } from "./module-bytes.ts";
import type { Decompress } from "./module-bytes.ts";

const tree = memoryTree({
  "/lib": { symlink: "usr/lib" },
  "/usr/lib/modules/6.1/modules.dep": [
    "kernel/a.ko: kernel/b.ko.xz",
    "kernel/b.ko.xz:",
    "kernel/c.ko.xz:",
    "kernel/gone.ko:",
    "updates/d.ko:",
  ].join("\n"),
  "/usr/lib/modules/6.1/modules.alias": "alias pci:v* b\nalias caf\xe9 a\nalias other other\n",
  "/usr/lib/modules/6.1/modules.devname": "# nodes\na autofs c10:235\nother x c1:1\n",
  "/usr/lib/modules/6.1/kernel/a.ko": "aaaa",
  "/usr/lib/modules/6.1/kernel/b.ko.xz": "b",
  "/usr/lib/modules/6.1/kernel/c.ko.xz": "c",
  "/usr/lib/modules/6.1/updates/d.ko": { symlink: "/usr/src/d.ko" },
  "/usr/src/d.ko": "dd",
});
const kernel = openKernel(tree, "6.1", () => undefined);
if (kernel === undefined) throw new Error("no kernel");

const twice: Decompress = async (_, files) =>
  Promise.resolve({ is: "unpacked", files: files.map((bytes) => Buffer.concat([bytes, bytes])) });

const module = (path: string) => ({ name: path.slice(path.lastIndexOf("/") + 1).split(".")[0] ?? "", path, why: [] });

describe("moduleFiles", () => {
  it("reads nothing of what is not compressed, and keeps the order", async () => {
    const modules = ["kernel/a.ko", "kernel/b.ko.xz", "updates/d.ko"].map(module);
    const { report, all } = findings();
    const files = await moduleFiles(kernel, modules, twice, report);
    expect(all).toEqual([]);
    expect(files.map(({ content, size }) => [content.is, size])).toEqual([
      ["sysroot", 4],
      ["bytes", 2],
      ["sysroot", 2],
    ]);
    expect(files[2]?.path).toBe("/usr/src/d.ko");
  });

  it("reports a file that is gone, and goes on", async () => {
    const { report, all } = findings();
    const files = await moduleFiles(kernel, ["kernel/gone.ko", "kernel/a.ko"].map(module), twice, report);
    expect(all).toMatchObject([{ code: "U360", severity: "error" }]);
    expect(files).toHaveLength(1);
  });

  it("reports a damaged file by name and unpacks the others", async () => {
    const { report, all } = findings();
    const picky: Decompress = async (kind, files) =>
      files[0]?.[0] === 0x62 ? Promise.resolve({ is: "damaged", index: 0, what: "no xz file" }) : twice(kind, files);
    const files = await moduleFiles(kernel, ["kernel/b.ko.xz", "kernel/c.ko.xz"].map(module), picky, report);
    expect(all.map(({ message }) => message)).toEqual([
      "/usr/lib/modules/6.1/kernel/b.ko.xz cannot be unpacked: no xz file",
    ]);
    expect(files.map((file) => file.module.name)).toEqual(["c"]);
  });

  it("says which program to install", async () => {
    const { report, all } = findings();
    const none: Decompress = async () => Promise.resolve({ is: "no-program", program: "xz", package: "xz-utils" });
    expect(await moduleFiles(kernel, [module("kernel/b.ko.xz")], none, report)).toEqual([]);
    expect(all).toMatchObject([{ code: "U361", hint: "sudo apt-get install xz-utils" }]);
  });
});

describe("kernelFiles", () => {
  it("names modules without the suffix of their compression, in files and in indexes", async () => {
    const files = await moduleFiles(kernel, ["kernel/a.ko", "kernel/b.ko.xz"].map(module), twice, () => undefined);
    const entries = kernelFiles(kernel, files, []);
    const text = new Map(
      entries.map((entry) => [
        entry.path.replace("/usr/lib/modules/6.1/", ""),
        entry.type === "file" && entry.content.is === "bytes" ? Buffer.from(entry.content.bytes).toString() : "",
      ]),
    );
    expect(text.get("kernel/b.ko")).toBe("bb");
    expect(text.get("modules.dep")).toBe("kernel/a.ko: kernel/b.ko\nkernel/b.ko:\n");
    expect(text.get("modules.order")).toBe("kernel/a.ko\nkernel/b.ko\n");
    expect(text.get("modules.devname")).toBe("# nodes\na autofs c10:235\n");
    expect(text.get("modules.alias")).not.toContain("other");
    expect([...text.keys()]).toEqual(
      expect.arrayContaining(
        ["dep", "alias", "symbols", "builtin", "builtin.alias"].map((name) => `modules.${name}.bin`),
      ),
    );
    expect(entries.every(({ layer }) => layer === "kernel")).toBe(true);
  });

  it("gives the same bytes each time", async () => {
    const files = await moduleFiles(kernel, [module("kernel/a.ko")], twice, () => undefined);
    expect(kernelFiles(kernel, files, [])).toEqual(kernelFiles(kernel, files, []));
  });
});
