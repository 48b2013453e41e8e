import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findings, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { byteOrder } from "./byte-order.ts";
import { closeOver, type ClosureOptions, type Root } from "./closure.ts";
import type { FileSet } from "./file-set.ts";
import { memoryTree, type MemoryFile } from "./memory-tree.ts";
import { tinyElf, type TinyElf } from "./tiny-elf.ts";

const ld = "/lib64/ld-linux-x86-64.so.2";

const program = (says: TinyElf = {}) => ({ content: tinyElf({ interpreter: ld, ...says }), mode: 0o755 });

/** A merged-/usr system with a C library. */
const system: Record<string, MemoryFile> = {
  "/bin": { symlink: "usr/bin" },
  "/lib": { symlink: "usr/lib" },
  "/lib64": { symlink: "usr/lib64" },
  "/usr/lib64/ld-linux-x86-64.so.2": tinyElf({ soname: "ld-linux-x86-64.so.2" }),
  "/usr/lib/libc.so.6": tinyElf({ soname: "libc.so.6", needed: ["ld-linux-x86-64.so.2"], symbols: ["pthread_exit"] }),
  "/usr/bin/true": program({ needed: ["libc.so.6"] }),
};
const base = ["/usr/bin/true", "/usr/lib/libc.so.6", "/usr/lib64/ld-linux-x86-64.so.2"] as const;

interface Closed extends FileSet {
  readonly found: readonly Diagnostic[];
  readonly paths: readonly string[];
}

function close(
  files: Record<string, MemoryFile>,
  roots: readonly (string | Root)[],
  options: ClosureOptions = {},
): Closed {
  const { report, all } = findings();
  const named = roots.map((root): Root =>
    typeof root === "string" ? { path: root, why: [{ what: "a test" }] } : root,
  );
  const set = closeOver(memoryTree({ ...system, ...files }), named, options, report);
  return { ...set, found: all, paths: [...set.files.keys()] };
}

const said = (closed: Closed): readonly string[] =>
  closed.found.map(({ code, severity, message }) => `${code} ${severity}: ${message}`);

describe("closeOver", () => {
  it("takes a program with its loader, its libraries, and the links that lead there", () => {
    const closed = close({}, ["/bin/true"]);
    expect(closed.found).toEqual([]);
    expect(closed.paths).toEqual(base);
    expect([...closed.links].map(([path, { target }]) => `${path} -> ${target}`)).toEqual([
      "/bin -> usr/bin",
      "/lib -> usr/lib",
      "/lib64 -> usr/lib64",
    ]);
  });

  it("says why each file is there, from the root's own reasons on, the shortest way first", () => {
    const files = {
      "/usr/bin/deep": program({ needed: ["liba.so"] }),
      "/usr/lib/liba.so": tinyElf({ needed: ["libb.so"] }),
      "/usr/lib/libb.so": tinyElf(),
      "/usr/bin/shallow": program({ needed: ["libb.so"] }),
    };
    const closed = close(files, ["/usr/bin/deep", "/usr/bin/shallow"]);
    expect(closed.files.get("/usr/lib/libb.so")?.why.map((why) => why.map((reason) => reason.what))).toEqual([
      ["a test", "/usr/bin/shallow needs libb.so"],
      ["a test", "/usr/bin/deep needs liba.so", "liba.so needs libb.so"],
    ]);
  });

  it("keeps a bounded number of reasons", () => {
    const programs = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`/usr/bin/p${i}`, program({ needed: ["libc.so.6"] })]),
    );
    const closed = close(programs, Object.keys(programs));
    expect(closed.files.get("/usr/lib/libc.so.6")?.why).toHaveLength(4);
  });

  it("says who asked for a library that is not there, and where it was looked for", () => {
    const origin = { file: "m.toml", path: "programs", line: 3, column: 1, isDefault: false };
    const files = {
      "/usr/bin/x": program({ needed: ["liba.so"] }),
      "/usr/lib/liba.so": tinyElf({ needed: ["libgone.so"] }),
    };
    const closed = close(files, [{ path: "/usr/bin/x", why: [{ what: "programs", origin }] }]);
    expect(closed.found).toEqual([
      {
        code: "U301",
        severity: "error",
        message: "libgone.so cannot be found: liba.so needs libgone.so, /usr/bin/x needs liba.so",
        hint: "looked in /lib/x86_64-linux-gnu, /usr/lib/x86_64-linux-gnu, /lib64, /usr/lib64, /lib, /usr/lib",
        at: [origin],
      },
    ]);
  });

  it("searches a name once per program, for whoever asks first, as the loader does", () => {
    const files = {
      "/usr/bin/x": program({ needed: ["liba.so", "libb.so"] }),
      "/usr/lib/liba.so": tinyElf({ needed: ["libp.so"], runpath: "/opt/a" }),
      "/usr/lib/libb.so": tinyElf({ needed: ["libp.so", "libq.so"] }),
      "/opt/a/libp.so": tinyElf({ soname: "libq.so" }),
    };
    expect(close(files, ["/usr/bin/x"]).found).toEqual([]);
    expect(said(close(files, ["/usr/lib/libb.so"]))).toContainEqual(
      "U301 error: libp.so cannot be found: /usr/lib/libb.so needs libp.so",
    );
  });

  it("follows dlopen notes that are required or recommended, and asks about each when told how", () => {
    const note = (priority: string, soname: string) => ({ feature: soname.slice(3, 4), priority, soname: [soname] });
    const files = {
      "/usr/bin/x": program({ needed: ["libs.so"] }),
      "/usr/lib/libs.so": tinyElf({
        dlopens: [note("required", "liba.so"), note("recommended", "libb.so"), note("suggested", "libc.so")],
      }),
      "/usr/lib/liba.so": tinyElf({ needed: ["libd.so"] }),
      "/usr/lib/libb.so": tinyElf(),
      "/usr/lib/libc.so": tinyElf(),
      "/usr/lib/libd.so": tinyElf(),
    };
    const libraries = (closed: Closed) => closed.paths.map((path) => /lib([abcd])\.so$/.exec(path)?.[1] ?? "").join("");
    expect(libraries(close(files, ["/usr/bin/x"]))).toBe("abd");
    expect(libraries(close(files, ["/usr/bin/x"], { dlopen: ({ feature }) => feature === "c" }))).toBe("c");
    const why = close(files, ["/usr/bin/x"])
      .files.get("/usr/lib/libd.so")
      ?.why[0]?.map(({ what }) => what);
    expect(why).toEqual(["a test", "/usr/bin/x needs libs.so", "libs.so opens liba.so for a", "liba.so needs libd.so"]);
  });

  it("takes the first alternative of a note that is there", () => {
    const files = {
      "/usr/bin/x": program({ dlopens: [{ soname: ["libnew.so", "libold.so", "libolder.so"] }] }),
      "/usr/lib/libold.so": tinyElf(),
      "/usr/lib/libolder.so": tinyElf(),
    };
    const closed = close(files, ["/usr/bin/x"]);
    expect(closed.paths).toContain("/usr/lib/libold.so");
    expect(closed.paths).not.toContain("/usr/lib/libolder.so");
    expect(closed.found).toEqual([]);
  });

  it("takes a missing library of a note for an error only if the program cannot do without", () => {
    const dlopens = [
      { priority: "required", soname: ["liba.so"] },
      { priority: "recommended", feature: "zip", soname: ["libb.so", "libc.so"] },
    ];
    expect(said(close({ "/usr/bin/x": program({ dlopens }) }, ["/usr/bin/x"]))).toEqual([
      "U305 error: liba.so cannot be found, which is opened at run time: /usr/bin/x opens liba.so",
      "U305 hint: libb.so or libc.so cannot be found, which is opened at run time: /usr/bin/x opens libb.so or libc.so for zip",
    ]);
  });

  it("takes what a root is known to open, and libraries by name", () => {
    const files = { "/usr/lib/liba.so": tinyElf({ needed: ["libb.so"] }), "/usr/lib/libb.so": tinyElf() };
    const why = [{ what: "a test" }];
    const opened = close(files, [{ path: "/usr/bin/true", why, loads: ["liba.so"] }]);
    expect(opened.paths).toEqual([base[0], "/usr/lib/liba.so", "/usr/lib/libb.so", ...base.slice(1)].sort(byteOrder));
    const named = close(files, [{ soname: "liba.so", why }]);
    expect(named.paths).toEqual(["/usr/lib/liba.so", "/usr/lib/libb.so"]);
    expect(said(close({}, [{ soname: "liba.so", why }, "/bin/true"]))).toEqual(["U301 error: liba.so cannot be found"]);
    expect(said(close({}, [{ soname: "liba.so", why, optional: true }, "/bin/true"]))).toEqual([]);
  });

  it("takes a library by name from a subdirectory of where libraries are", () => {
    const files = { "/usr/lib/plugins/liba.so": tinyElf({ needed: ["libb.so"] }), "/usr/lib/libb.so": tinyElf() };
    const root = { soname: "plugins/liba.so", why: [] };
    expect(close(files, [root]).paths).toEqual(["/usr/lib/libb.so", "/usr/lib/plugins/liba.so"]);
    expect(said(close({}, [root]))).toEqual(["U301 error: plugins/liba.so cannot be found"]);
    expect(said(close({}, [{ soname: "../../etc/passwd", why: [] }]))).toHaveLength(1);
  });

  it("takes firmware that is an ELF file for data", () => {
    const files = {
      "/usr/lib/firmware/dsp.mbn": { content: tinyElf({ machine: 164, needed: ["gone"] }), mode: 0o644 },
      "/usr/lib/firmware/cut": { content: "\x7fELF", mode: 0o644 },
    };
    const closed = close(files, ["/bin/true", "/usr/lib/firmware"]);
    expect(closed.found).toEqual([]);
    expect(closed.paths).toContain("/usr/lib/firmware/dsp.mbn");
  });

  it("takes libgcc_s.so.1 for programs that end threads, because glibc opens it by itself", () => {
    const files = {
      "/usr/bin/x": program({ needed: ["libc.so.6", "liba.so"] }),
      "/usr/lib/liba.so": tinyElf({ symbols: ["pthread_cancel"] }),
      "/usr/lib/libgcc_s.so.1": tinyElf(),
    };
    expect(close(files, ["/usr/bin/x"]).paths).toContain("/usr/lib/libgcc_s.so.1");
    expect(close(files, ["/usr/bin/true"]).paths).not.toContain("/usr/lib/libgcc_s.so.1");
  });

  it("takes the library by which an old glibc reads /etc/passwd", () => {
    const files = {
      "/usr/lib/libc.so.6": { symlink: "libc-2.31.so" },
      "/usr/lib/libc-2.31.so": tinyElf({ soname: "libc.so.6" }),
      "/usr/lib/libnss_files.so.2": tinyElf({ needed: ["libc.so.6"] }),
    };
    expect(close(files, ["/bin/true"]).paths).toContain("/usr/lib/libnss_files.so.2");
    const newer = { ...files, "/usr/lib/libc.so.6": tinyElf({ soname: "libc.so.6" }) };
    expect(close(newer, ["/bin/true"]).paths).not.toContain("/usr/lib/libnss_files.so.2");
  });

  it("knows that musl's loader is its libc", () => {
    const musl = "/lib/ld-musl-x86_64.so.1";
    const files = {
      "/usr/lib/ld-musl-x86_64.so.1": tinyElf(),
      "/usr/lib/liba.so": tinyElf({ needed: ["libc.musl-x86_64.so.1"], symbols: ["pthread_exit"] }),
      "/usr/bin/x": program({ interpreter: musl, needed: ["liba.so", "libc.musl-x86_64.so.1"] }),
    };
    const closed = close(files, ["/usr/bin/x"]);
    expect(closed.found).toEqual([]);
    expect(closed.paths).toEqual(["/usr/bin/x", "/usr/lib/ld-musl-x86_64.so.1", "/usr/lib/liba.so"]);
  });

  it("warns of a library that only newer processors would find", () => {
    const files = {
      "/usr/bin/x": program({ needed: ["liba.so"] }),
      "/usr/lib/glibc-hwcaps/x86-64-v3/liba.so": tinyElf(),
    };
    expect(said(close(files, ["/usr/bin/x"]))).toEqual([
      "U306 warning: /lib/glibc-hwcaps/x86-64-v3/liba.so exists only for processors of level x86-64-v3",
    ]);
  });

  it("reports a file that cannot be read, and goes on", () => {
    const tree = memoryTree(system);
    const { report, all } = findings();
    const sick = {
      ...tree,
      readAt: (path: string, offset: number, length: number) => {
        if (path === "/usr/lib/libc.so.6") throw new Error("EACCES");
        return tree.readAt(path, offset, length);
      },
    };
    closeOver(sick, [{ path: "/usr/bin/true", why: [] }], {}, report);
    expect(all.map(({ code }) => code)).toContain("U307");
  });

  it("follows the interpreters of scripts, by path and by name", () => {
    const files = {
      "/usr/bin/sh": { symlink: "dash" },
      "/usr/bin/dash": program(),
      "/usr/bin/env": program(),
      "/usr/bin/python3": { content: "#! /bin/sh -e\n", mode: 0o755 },
      "/usr/sbin/a": "#!/bin/sh",
      "/usr/sbin/b": "#!/usr/bin/env python3\n",
      "/usr/sbin/c": "#!/usr/bin/env -S -u X A=1 python3 -u\n",
      "/usr/sbin/d": { content: "#!/bin/gone", mode: 0o644 },
    };
    expect(close(files, ["/usr/sbin/a"]).paths).toEqual([
      "/usr/bin/dash",
      "/usr/lib64/ld-linux-x86-64.so.2",
      "/usr/sbin/a",
    ]);
    expect(close(files, ["/usr/sbin/a"]).links.has("/usr/bin/sh")).toBe(true);
    for (const script of ["/usr/sbin/b", "/usr/sbin/c"]) {
      const closed = close(files, [script]);
      expect(closed.found).toEqual([]);
      expect(closed.paths).toEqual(expect.arrayContaining(["/usr/bin/env", "/usr/bin/python3", "/usr/bin/dash"]));
    }
    expect(close(files, ["/usr/sbin/d"]).paths).toEqual(["/usr/sbin/d"]);
  });

  it("reports an interpreter that is not there", () => {
    const files = {
      "/usr/bin/env": program(),
      "/a": "#!/bin/gone -x\n",
      "/b": "#!/usr/bin/env gone",
      "/c": { content: tinyElf({ interpreter: "/lib/ld-gone.so" }), mode: 0o755 },
      "/d": "#!/d\n",
      "/e": "#!env sh",
      "/env/env": program(),
    };
    expect(said(close(files, ["/a", "/b", "/c", "/d", "/e"]))).toEqual([
      "U304 error: the interpreter /bin/gone is not in the sysroot: /a is a script for /bin/gone",
      "U304 error: the interpreter gone is not in the sysroot: /b is a script for gone, started by env",
      "U304 error: /c cannot start: its loader /lib/ld-gone.so is missing (/usr/lib/ld-gone.so does not exist)",
      "U304 error: the interpreter env is not in the sysroot: /e is a script for env",
      "U304 error: the interpreter sh is not in the sysroot: /e is a script for sh, started by env",
    ]);
  });

  it("reports roots that are missing, unless they are optional, and links that lead nowhere", () => {
    const files = { "/out": { symlink: "../../etc/passwd" }, "/loop": { symlink: "loop" } };
    const optional = { path: "/gone", optional: true, why: [] };
    expect(said(close(files, ["/gone", optional, "/out", { ...optional, path: "/loop" }]))).toEqual([
      "U300 error: /gone is not in the sysroot: /gone does not exist",
      "U302 error: /out is not in the sysroot: the link /out points out of the tree",
      "U302 error: /loop is not in the sysroot: /loop is a link in a loop",
    ]);
  });

  it("reports damaged programs and libraries with the place of the damage", () => {
    const files = {
      "/usr/bin/cut": { content: program().content.slice(0, 100), mode: 0o755 },
      "/usr/bin/x": program({ needed: ["libcut.so"] }),
      "/usr/lib/libcut.so": tinyElf().slice(0, 70),
    };
    expect(said(close(files, ["/usr/bin/cut", "/usr/bin/x"]))).toEqual([
      "U303 error: /usr/bin/cut is damaged: the program headers end behind the file (at byte 64)",
      "U303 error: /lib/libcut.so is damaged: the program headers end behind the file (at byte 64)",
    ]);
  });

  it("reports a program for another machine", () => {
    const files = { "/usr/bin/arm": { content: tinyElf({ machine: 183 }), mode: 0o755 } };
    expect(said(close(files, ["/bin/true", "/usr/bin/arm"]))).toEqual([
      "U308 error: /usr/bin/arm is for aarch64, but /bin/true for x86_64",
    ]);
  });

  it("takes a directory with all that is in it, and what its links and programs need", () => {
    const files = {
      "/usr/share/x/a": "text",
      "/usr/share/x/empty": { directory: true },
      "/usr/share/x/true": { symlink: "/usr/bin/true" },
      "/usr/share/x/self": { symlink: "." },
      "/usr/share/x/top": { symlink: "/" },
      "/usr/share/x/y": { symlink: "../y" },
      "/usr/share/y/back": { symlink: "../x" },
      "/usr/share/x/dangling": { symlink: "gone" },
    } as const;
    const closed = close(files, ["/usr/share/x"]);
    expect(closed.found).toEqual([]);
    expect(closed.paths).toEqual(
      [...base, "/usr/share/x", "/usr/share/x/a", "/usr/share/x/empty", "/usr/share/y"].sort(byteOrder),
    );
    expect([...closed.links.keys()]).toEqual(expect.arrayContaining(["/usr/share/x/dangling", "/usr/share/x/self"]));
  });

  it("puts a link where only ld.so.conf would have led, and finds the library by it in the image", () => {
    const files = {
      "/etc/ld.so.conf": "/opt/lib",
      "/opt/lib/liba.so": { symlink: "liba.so.1" },
      "/opt/lib/liba.so.1": tinyElf(),
      "/usr/bin/x": program({ needed: ["liba.so"] }),
    };
    const closed = close(files, ["/usr/bin/x"]);
    expect(closed.links.get("/usr/lib64/liba.so")?.target).toBe("/opt/lib/liba.so");
    const image = {
      ...Object.fromEntries([...closed.links].map(([path, { target }]) => [path, { symlink: target }])),
      "/opt/lib/liba.so.1": tinyElf(),
      "/usr/bin/x": files["/usr/bin/x"],
    };
    expect(close(image, ["/usr/bin/x"]).found).toEqual([]);
  });

  it("finds in an image made of its answer all that it found in the sysroot", () => {
    const names = ["a", "b", "c", "d", "e"];
    const library = fc.record({
      needed: fc.subarray(names.map((name) => `lib${name}.so`)),
      runpath: fc.constantFrom(undefined, "/opt", "$ORIGIN/../../opt"),
      place: fc.constantFrom("/usr/lib", "/opt", "/usr/lib64"),
    });
    fc.assert(
      fc.property(fc.array(library, { minLength: 5, maxLength: 5 }), (libraries) => {
        const files: Record<string, MemoryFile> = { "/usr/bin/x": program({ needed: ["liba.so", "libc.so.6"] }) };
        libraries.forEach(({ needed, runpath, place }, index) => {
          const content = tinyElf(runpath === undefined ? { needed } : { needed, runpath });
          files[`${place}/lib${names[index] ?? ""}.so`] = content;
        });
        const all: Record<string, MemoryFile> = { ...system, ...files };
        const closed = close(files, ["/usr/bin/x"]);
        const image: Record<string, MemoryFile> = {};
        for (const path of closed.paths) image[path] = all[path] ?? "";
        for (const [path, { target }] of closed.links) image[path] = { symlink: target };
        const { report, all: again } = findings();
        const second = closeOver(memoryTree(image), [{ path: "/usr/bin/x", why: [] }], {}, report);
        expect([...second.files.keys()]).toEqual(closed.paths);
        expect(again.map(({ code }) => code)).toEqual(closed.found.map(({ code }) => code));
      }),
      { numRuns: 200 },
    );
  });
});
