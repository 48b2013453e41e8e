import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findings } from "../diagnostics/diagnostic.ts";
import type { CpioEntry } from "../image/cpio-reader.ts";
import { imageTree } from "../image/image-tree.ts";
import { extractPlan } from "../image/inspect.ts";
import { extract } from "./extract.ts";

describe("extract", () => {
  let outside: string;
  let directory: string;
  beforeEach(() => {
    outside = mkdtempSync(join(tmpdir(), "unitrd-extract-"));
    directory = join(outside, "deep/inside");
  });
  afterEach(() => rmSync(outside, { recursive: true }));

  test("makes files, links and directories with their modes", async () => {
    const codes = await extracted(
      entry("d", 0o040555),
      entry("d/run", 0o100755, "#!"),
      entry("d/secret", 0o100400, "s"),
      entry("d/pipe", 0o010600),
      entry("l", 0o120777, "d/run"),
    );
    expect(codes).toEqual([]);
    expect(readFileSync(join(directory, "d/run"), "utf8")).toBe("#!");
    expect(modeOf("d")).toBe(0o555 & ~umaskFor());
    expect(modeOf("d/run")).toBe(0o755 & ~umaskFor());
    expect(modeOf("d/secret")).toBe(0o400);
    expect(statSync(join(directory, "d/pipe")).isFIFO()).toBe(true);
    expect(readlinkSync(join(directory, "l"))).toBe("d/run");
    chmodSync(join(directory, "d"), 0o700);
  });

  test("keeps hard links", async () => {
    await extracted(entry("a", 0o100644, "x", 2), entry("b", 0o100644, "", 2));
    expect(statSync(join(directory, "a")).ino).toBe(statSync(join(directory, "b")).ino);
  });

  test.each([
    ["..", [entry("../../escaped", 0o100644, "x")]],
    ["an absolute name", [entry("/escaped", 0o100644, "x")]],
    ["a link upwards", [entry("up", 0o120777, "../.."), entry("up/escaped", 0o100644, "x")]],
    ["an absolute link", [entry("out", 0o120777, "/"), entry("out/escaped", 0o100644, "x")]],
    ["a file that became a link", [entry("escaped", 0o100644, "x"), entry("link", 0o120777, "../../escaped")]],
  ])("stays inside the directory in spite of %s", async (_, entries) => {
    await extracted(...entries);
    expect(readdirSync(outside)).toEqual(["deep"]);
    expect(readdirSync(join(outside, "deep"))).toEqual(["inside"]);
    expect(readFileSync(join(directory, "escaped"), "utf8")).toBe("x");
  });

  test("writes nothing into a directory that is not empty", async () => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "mine"), "");
    expect(await extracted(entry("a", 0o100644))).toEqual(["U442"]);
    expect(readdirSync(directory)).toEqual(["mine"]);
  });

  test("says that there is no place to extract to", async () => {
    writeFileSync(join(outside, "deep"), "");
    expect(await extracted(entry("a", 0o100644))).toEqual(["U442"]);
  });

  test("leaves out what it may not make, and goes on", async () => {
    const codes = await extracted(entry("s", 0o140644), entry("a", 0o100644, "x"));
    expect(codes).toEqual(["U440"]);
    expect(readdirSync(directory)).toEqual(["a"]);
  });

  test.runIf(process.getuid?.() !== 0)("leaves out device nodes, with a hint, when it is not root", async () => {
    expect(await extracted(entry("null", 0o020666))).toEqual(["U441"]);
  });

  async function extracted(...entries: readonly CpioEntry[]): Promise<readonly string[]> {
    const tree = imageTree("t", [{ entries, offset: 0, ending: { is: "trailer" } }]);
    const found = findings();
    await extract(tree, extractPlan(tree), directory, found.report);
    return found.all.map(({ code }) => code);
  }

  function modeOf(name: string): number {
    return statSync(join(directory, name)).mode & 0o7777;
  }
});

/** Root takes modes as they are. */
function umaskFor(): number {
  const mask = process.umask(0o022);
  process.umask(mask);
  return process.getuid?.() === 0 ? 0 : mask;
}

function entry(name: string, mode: number, data = "", nlink = 1): CpioEntry {
  const device = { major: 1, minor: 3 };
  const uid = process.getuid!();
  const gid = process.getgid!();
  return { name, mode, ino: 1, uid, gid, nlink, mtime: 0, on: "0:1", device, data: Buffer.from(data) };
}
