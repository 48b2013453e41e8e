import { describe, expect, it } from "vitest";
import { readElf, type Elf } from "./elf.ts";
import { libraryPath, type LoadedObject } from "./library-path.ts";
import { loaderOf } from "./loader.ts";
import { memoryTree, type MemoryFile } from "./memory-tree.ts";
import { tinyElf, type TinyElf } from "./tiny-elf.ts";
import type { Tree } from "./tree.ts";

const so = (says: TinyElf = {}): Uint8Array => tinyElf(says);

function object(says: TinyElf, origin = "/usr/bin", by?: LoadedObject): LoadedObject {
  const reading = readElf(memoryTree({ "/x": tinyElf(says) }), "/x");
  if (reading.is !== "elf") throw new Error("tinyElf made no ELF file");
  return { origin, elf: reading.elf, by };
}

/** The path of what `asker` gets when it asks for libx.so, or what was tried. */
function ask(files: Record<string, MemoryFile>, asker: LoadedObject, interpreter?: string, name = "libx.so"): string {
  const tree = memoryTree(files);
  const search = libraryPath(tree, (path) => readElf(tree, path)).find(
    name,
    asker,
    loader(tree, asker.elf, interpreter),
  );
  if (!search.found) return search.broken === undefined ? `none in ${search.looked.join(" ")}` : "broken";
  const marks = [...(search.level === undefined ? [] : [search.level]), ...(search.configured ? ["configured"] : [])];
  return [search.path, ...marks].join(" ");
}

function loader(tree: Tree, elf: Elf, interpreter: string | undefined) {
  return loaderOf(tree, interpreter, elf);
}

const ld = "\x7fELF\0/lib/x86_64-linux-gnu/\0/usr/lib/x86_64-linux-gnu/\0/lib/\0/usr/lib/\0";

describe("libraryPath", () => {
  it("searches the directories that are compiled into the loader", () => {
    const files = { "/ld.so": ld, "/lib64/libx.so": so(), "/usr/lib/libx.so": so() };
    expect(ask(files, object({}), "/ld.so")).toBe("/usr/lib/libx.so");
    expect(ask({ "/ld.so": ld }, object({}), "/ld.so")).toBe(
      "none in /lib/x86_64-linux-gnu /usr/lib/x86_64-linux-gnu /lib /usr/lib",
    );
  });

  it("guesses the usual directories for a loader it knows nothing of", () => {
    expect(ask({ "/usr/lib64/libx.so": so() }, object({}))).toBe("/usr/lib64/libx.so");
    expect(ask({}, object({ bits: 32, machine: 3 }))).toBe(
      "none in /lib/i386-linux-gnu /usr/lib/i386-linux-gnu /lib /usr/lib",
    );
  });

  it("lets DT_RUNPATH come before the system, for the object itself only", () => {
    const files = { "/opt/libx.so": so(), "/usr/lib/libx.so": so() };
    const main = object({ runpath: "/nowhere:/opt" });
    expect(ask(files, main)).toBe("/opt/libx.so");
    expect(ask(files, object({}, "/usr/lib", main))).toBe("/usr/lib/libx.so");
  });

  it("hands DT_RPATH down to what the object loads, unless that has a DT_RUNPATH", () => {
    const files = { "/opt/libx.so": so(), "/usr/lib/libx.so": so() };
    const main = object({ rpath: "/opt" });
    expect(ask(files, object({}, "/usr/lib", main))).toBe("/opt/libx.so");
    expect(ask(files, object({ runpath: "/nowhere" }, "/usr/lib", main))).toBe("/usr/lib/libx.so");
    expect(ask(files, object({ rpath: "/opt", runpath: "/nowhere" }))).toBe("/usr/lib/libx.so");
  });

  it.each([
    ["$ORIGIN/../lib/private", "/usr/bin/../lib/private/libx.so"],
    ["${ORIGIN}/../lib/private", "/usr/bin/../lib/private/libx.so"],
    ["/usr/$LIB/private", "/usr/lib/x86_64-linux-gnu/private/libx.so"],
    ["/opt/${PLATFORM}", "/opt/x86_64/libx.so"],
    ["/opt/$UNKNOWN:relative::/opt/$PLATFORM", "/opt/x86_64/libx.so"],
  ])("expands %s", (runpath, path) => {
    const files = {
      "/usr/bin/x": "",
      "/usr/lib/private/libx.so": so(),
      "/usr/lib/x86_64-linux-gnu/private/libx.so": so(),
      "/opt/x86_64/libx.so": so(),
    };
    expect(ask(files, object({ runpath }))).toBe(path);
  });

  it("reads ld.so.conf with what it includes, and says when nothing else leads there", () => {
    const files = {
      "/etc/ld.so.conf": "# libraries\ninclude ld.so.conf.d/*.conf\n/usr/lib\n",
      "/etc/ld.so.conf.d/b.conf": "/opt/b\n",
      "/etc/ld.so.conf.d/a.conf": "include /etc/ld.so.conf\n  /opt/a/=libc6\t# why\nhwcap 1 x\nrelative\n",
      "/etc/ld.so.conf.d/c.txt": "/opt/c\n",
      "/opt/b/libx.so": so(),
      "/opt/c/liby.so": so(),
      "/usr/lib/libz.so": so(),
    };
    expect(ask(files, object({}))).toBe("/opt/b/libx.so configured");
    expect(ask({ ...files, "/opt/a/libx.so": so() }, object({}))).toBe("/opt/a/libx.so configured");
    expect(ask(files, object({}), undefined, "libz.so")).toBe("/usr/lib/libz.so");
    expect(ask(files, object({}), undefined, "liby.so")).toMatch(/^none in \/opt\/a \/opt\/b \/usr\/lib /);
    expect(ask(files, object({ runpath: "/opt/b" }))).toBe("/opt/b/libx.so");
  });

  it("passes over libraries for another machine", () => {
    const files = { "/lib64/libx.so": so({ machine: 183 }), "/usr/lib64/libx.so": so({ bits: 32 }) };
    expect(ask(files, object({}))).toMatch(/^none/);
    expect(ask({ ...files, "/usr/lib/libx.so": so() }, object({}))).toBe("/usr/lib/libx.so");
  });

  it("takes the plain library, and one for newer processors only where there is no plain one", () => {
    const v3 = "/usr/lib/x86_64-linux-gnu/glibc-hwcaps/x86-64-v3/libx.so";
    const v2 = "/usr/lib/x86_64-linux-gnu/glibc-hwcaps/x86-64-v2/libx.so";
    expect(ask({ [v3]: so(), "/usr/lib/libx.so": so() }, object({}))).toBe("/usr/lib/libx.so");
    expect(ask({ [v3]: so(), [v2]: so() }, object({}))).toBe(`${v2} x86-64-v2`);
  });

  it("finds nothing in the default directories for an object that was linked with -z nodefaultlib", () => {
    const main = object({ noDefaultLibraries: true, runpath: "/opt" });
    expect(ask({ "/usr/lib/libx.so": so() }, main)).toBe("none in /opt");
  });

  it("stops at a file that the loader could not load, as the loader would", () => {
    const files = { "/lib64/libx.so": so().slice(0, 100), "/usr/lib/libx.so": so() };
    expect(ask(files, object({}))).toBe("broken");
    expect(ask({ ...files, "/lib64/libx.so": "INPUT(libx.so.1)" }, object({}))).toBe("broken");
  });

  it("takes a name with a slash for a path", () => {
    expect(ask({ "/opt/libx.so": so() }, object({}), undefined, "/opt/libx.so")).toBe("/opt/libx.so");
    expect(ask({ "/opt/libx.so": so() }, object({}, "/opt"), undefined, "$ORIGIN/libx.so")).toBe("/opt/libx.so");
    expect(ask({ "/lib/libx.so": so() }, object({}), undefined, "lib/libx.so")).toBe("none in ");
    expect(ask({ "/libx.so": so() }, object({}), undefined, "../libx.so")).toBe("none in ");
  });

  it("searches as musl does when musl's loader is asked", () => {
    const musl = "/lib/ld-musl-x86_64.so.1";
    const files = { [musl]: so(), "/usr/local/lib/libx.so": so(), "/opt/libx.so": so(), "/etc/ld.so.conf": "/opt\n" };
    expect(ask(files, object({}), musl)).toBe("/usr/local/lib/libx.so");
    const configured = { ...files, "/etc/ld-musl-x86_64.path": "/none\n/opt:/lib\n" };
    expect(ask(configured, object({}), musl)).toBe("/opt/libx.so");
    const main = object({ runpath: "/opt" });
    expect(ask(files, object({}, "/lib", main), musl)).toBe("/opt/libx.so");
  });
});
