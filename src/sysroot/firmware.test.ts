import { describe, expect, it } from "vitest";
import { findings } from "../diagnostics/diagnostic.ts";
import type { Report } from "../diagnostics/diagnostic.ts";
import { firmwareFiles, moduleFirmware } from "./firmware.ts";
import { openKernel } from "./kernel.ts";
import { memoryTree } from "./memory-tree.ts";
import type { MemoryFile } from "./memory-tree.ts";
import type { Decompress, UnpackedFiles } from "./module-bytes.ts";
import { moduleElf } from "../testing/module-elf.ts";

const upperCase: Decompress = async (_, files) => {
  const unpacked: UnpackedFiles = {
    is: "unpacked",
    files: files.map((bytes) => Buffer.from(Buffer.from(bytes).toString().toUpperCase())),
  };
  return Promise.resolve(unpacked);
};

const fail: Report = (diagnostic) => {
  throw new Error(diagnostic.message);
};

async function take(
  wanted: readonly string[],
  files: Readonly<Record<string, MemoryFile>>,
  { config = "", optional = true, report = fail, decompress = upperCase } = {},
) {
  const tree = memoryTree({ "/usr/lib/modules/6.1/modules.dep": "", "/boot/config-6.1": config, ...files });
  const kernel = openKernel(tree, "6.1", report);
  if (kernel === undefined) throw new Error("no kernel");
  const wants = wanted.map((path) => ({ path, optional, why: [{ what: "test" }] }));
  const found = await firmwareFiles(kernel, wants, decompress, report);
  return {
    missing: found.missing,
    files: found.entries.map((entry) => {
      if (entry.type !== "file") throw new Error("no file");
      const { content } = entry;
      return [entry.path, content.is === "sysroot" ? content.path : Buffer.from(content.bytes).toString()];
    }),
  };
}

const compressed = "CONFIG_FW_LOADER_COMPRESS=y\nCONFIG_FW_LOADER_COMPRESS_XZ=y\n";

describe("firmwareFiles", () => {
  it("takes what the kernel would find first: updates, then the version's own directory", async () => {
    const { files } = await take(["a.bin", "b.bin", "c.bin"], {
      "/usr/lib/firmware/a.bin": "",
      "/usr/lib/firmware/updates/a.bin": "",
      "/usr/lib/firmware/b.bin": "",
      "/usr/lib/firmware/6.1/b.bin": "",
      "/lib/firmware/c.bin": "",
    });
    expect(files).toEqual([
      ["/usr/lib/firmware/updates/a.bin", "/usr/lib/firmware/updates/a.bin"],
      ["/usr/lib/firmware/6.1/b.bin", "/usr/lib/firmware/6.1/b.bin"],
      ["/usr/lib/firmware/c.bin", "/lib/firmware/c.bin"],
    ]);
  });

  it("follows links, under the name that the kernel asks for", async () => {
    const { files } = await take(["rtl/x.bin"], {
      "/usr/lib/firmware/rtl/x.bin": { symlink: "../other/y.bin" },
      "/usr/lib/firmware/other/y.bin": "",
    });
    expect(files).toEqual([["/usr/lib/firmware/rtl/x.bin", "/usr/lib/firmware/other/y.bin"]]);
  });

  it("leaves compressed what the kernel can unpack, and unpacks the rest", async () => {
    const tree = { "/usr/lib/firmware/a.bin.xz": "a", "/usr/lib/firmware/b.bin.zst": "b" };
    expect((await take(["a.bin", "b.bin"], tree, { config: compressed })).files).toEqual([
      ["/usr/lib/firmware/a.bin.xz", "/usr/lib/firmware/a.bin.xz"],
      ["/usr/lib/firmware/b.bin", "B"],
    ]);
    expect((await take(["a.bin"], tree)).files).toEqual([["/usr/lib/firmware/a.bin", "A"]]);
  });

  it("expands the patterns that modules write", async () => {
    const { files } = await take(
      ["qed/*_init-8.*.bin", "nothing-*"],
      {
        "/usr/lib/firmware/qed/qed_init-8.1.bin.xz": "",
        "/usr/lib/firmware/qed/qed_init-8.2.bin": "",
        "/usr/lib/firmware/qed/qed_init-9.bin": "",
      },
      { config: compressed },
    );
    expect(files.map(([path]) => path)).toEqual([
      "/usr/lib/firmware/qed/qed_init-8.1.bin.xz",
      "/usr/lib/firmware/qed/qed_init-8.2.bin",
    ]);
  });

  it("lists what is missing, and reports only what somebody declared", async () => {
    expect(await take(["b.bin", "a.bin"], {})).toEqual({ missing: ["a.bin", "b.bin"], files: [] });
    const { report, all } = findings();
    await take(["a.bin"], {}, { optional: false, report });
    expect(all).toMatchObject([{ code: "U366", severity: "error" }]);
  });

  it("never leaves the directory of firmware", async () => {
    const { files } = await take(["../../../etc/shadow", "x/../../y", "../*", "/etc/shadow"], { "/etc/shadow": "x" });
    expect(files).toEqual([]);
  });

  it("reports a missing program and damaged files", async () => {
    const tree = { "/usr/lib/firmware/a.bin.xz": "a" };
    const { report, all } = findings();
    const missing: Decompress = async () => Promise.resolve({ is: "no-program", program: "xz", package: "xz-utils" });
    const damaged: Decompress = async () => Promise.resolve({ is: "damaged", index: 0, what: "it ends early" });
    await take(["a.bin"], tree, { report, decompress: missing });
    await take(["a.bin"], tree, { report, decompress: damaged });
    expect(all.map(({ code }) => code)).toEqual(["U361", "U362"]);
  });
});

describe("moduleFirmware", () => {
  it("names what modules name, with the reasons of the module", () => {
    const bytes = moduleElf(["firmware=tigon/tg3.bin"]);
    const file = {
      module: { name: "tg3", path: "kernel/tg3.ko", why: [[{ what: "module tg3" }]] },
      path: "/x",
      size: bytes.length,
      content: { is: "bytes", bytes },
      readAt: (offset: number, length: number) => bytes.subarray(offset, offset + length),
    } as const;
    expect(moduleFirmware([file])).toEqual([
      {
        path: "tigon/tg3.bin",
        module: "tg3",
        optional: true,
        why: [{ what: "module tg3" }, { what: "firmware of tg3" }],
      },
    ]);
  });
});
