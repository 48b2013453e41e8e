import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { findings } from "../diagnostics/diagnostic.ts";
import { writeAtomically } from "./atomic-file.ts";
import { Failure } from "./failure.ts";

/** Makes the next write fail as a file system would. */
const refusal = vi.hoisted((): { code: string | undefined } => ({ code: undefined }));
vi.mock(import("./temporary-file.ts"), async (original) => {
  const { temporaryFile } = await original();
  return {
    temporaryFile: async (directory, name) => {
      const file = await temporaryFile(directory, name);
      const { code } = refusal;
      refusal.code = undefined;
      if (code !== undefined) {
        vi.spyOn(file.handle, "writeFile").mockRejectedValue(Object.assign(new Error("a test says so"), { code }));
      }
      return file;
    },
  };
});

describe("writeAtomically", () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "unitrd-atomic-"));
    path = join(directory, "image");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  test.each([0o600, 0o644])("writes the bytes with the mode %o whatever the umask", async (mode) => {
    for (const umask of [0o077, 0]) {
      const before = process.umask(umask);
      expect(await writeAtomically(path, mode, [Buffer.from("a"), Buffer.from("b")], refuse)).toBe(true);
      process.umask(before);
      expect(readFileSync(path, "utf8")).toBe("ab");
      expect(statSync(path).mode & 0o7777).toBe(mode);
      expect(readdirSync(directory)).toEqual(["image"]);
    }
  });

  test("shows nobody else a byte before it is done", async () => {
    const before = process.umask(0);
    async function* pieces() {
      yield Buffer.alloc(300_000);
      for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
      expect(readdirSync(directory)).toHaveLength(1);
    }
    await writeAtomically(path, 0o644, pieces(), refuse);
    process.umask(before);
  });

  test("keeps the old file when the pieces fail, and leaves nothing behind", async () => {
    writeFileSync(path, "old");
    async function* pieces() {
      yield Buffer.alloc(300_000);
      throw new Failure({ code: "U421", severity: "error", message: "broken", at: [] });
    }
    const found = findings();
    expect(await writeAtomically(path, 0o644, pieces(), found.report)).toBe(false);
    expect(found.all).toMatchObject([{ code: "U421", message: "broken" }]);
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(directory)).toEqual(["image"]);
  });

  test("throws what nobody can mend, and leaves nothing behind", async () => {
    async function* pieces() {
      yield Buffer.alloc(1);
      throw new Error("a bug");
    }
    await expect(writeAtomically(path, 0o644, pieces(), refuse)).rejects.toThrow("a bug");
    expect(readdirSync(directory)).toEqual([]);
  });

  test("writes to the file that a link names", async () => {
    const target = join(directory, "target");
    writeFileSync(target, "old");
    symlinkSync("target", path);
    await writeAtomically(path, 0o644, [Buffer.from("new")], refuse);
    expect(readFileSync(target, "utf8")).toBe("new");
    expect(readdirSync(directory).sort()).toEqual(["image", "target"]);
  });

  test.each([
    ["missing/image", "U410", "there is no directory"],
    ["file/image", "U410", "is no directory"],
    ["directory", "U411", "it is a directory"],
  ])("says what is wrong with %s", async (name, code, message) => {
    writeFileSync(join(directory, "file"), "");
    mkdirSync(join(directory, "directory"));
    const found = findings();
    expect(await writeAtomically(join(directory, name), 0o644, [], found.report)).toBe(false);
    expect(found.all).toMatchObject([{ code, message: expect.stringContaining(message) as string }]);
  });

  test("does not take a device for a file", async () => {
    const found = findings();
    expect(await writeAtomically("/dev/null", 0o644, [], found.report)).toBe(false);
    expect(found.all).toMatchObject([{ code: "U411" }]);
  });

  test.runIf(process.getuid?.() !== 0)("says that a directory may not be written", async () => {
    chmodSync(directory, 0o500);
    const found = findings();
    expect(await writeAtomically(path, 0o644, [], found.report)).toBe(false);
    chmodSync(directory, 0o700);
    expect(found.all).toMatchObject([{ code: "U412" }]);
  });

  test.each([
    ["ENOSPC", "U413", "no space left"],
    ["EROFS", "U412", "read-only"],
    ["EIO", "U414", "a test says so"],
  ])("says what is wrong when the file system answers %s, and keeps the old file", async (answer, code, message) => {
    writeFileSync(path, "old");
    refusal.code = answer;
    const found = findings();
    expect(await writeAtomically(path, 0o644, [Buffer.from("new")], found.report)).toBe(false);
    expect(found.all).toMatchObject([{ code, message: expect.stringContaining(message) as string }]);
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(directory)).toEqual(["image"]);
  });

  test.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)(
    "keeps the old file whole when it is ended by %s",
    async (signal) => {
      writeFileSync(path, "old");
      const child = await startSlowWriter(path);
      const during = readdirSync(directory);
      expect(during).toHaveLength(2);
      child.kill(signal);
      const [, by] = (await once(child, "exit")) as [unknown, unknown];
      expect(by).toBe(signal);
      expect(readFileSync(path, "utf8")).toBe("old");
      if (signal !== "SIGKILL") expect(readdirSync(directory)).toEqual(["image"]);
      await writeAtomically(path, 0o644, [Buffer.from("new")], refuse);
      expect(readdirSync(directory)).toEqual(["image"]);
      expect(readFileSync(path, "utf8")).toBe("new");
    },
  );

  test("does not touch what another living process is writing", async () => {
    const child = await startSlowWriter(path);
    const [other] = readdirSync(directory);
    await writeAtomically(path, 0o644, [Buffer.from("new")], refuse);
    expect(new Set(readdirSync(directory))).toEqual(new Set([other, "image"]));
    child.kill("SIGKILL");
    await once(child, "exit");
  });
});

function refuse(finding: unknown): void {
  throw new Error(JSON.stringify(finding));
}

/** Another Node process, half way through writing. */
async function startSlowWriter(path: string) {
  const script = join(path, "..", "..", `unitrd-slow-${process.pid}.mjs`);
  const { build } = await import("esbuild");
  await build({
    stdin: {
      contents: `
        import { writeAtomically } from "./atomic-file.ts";
        async function* pieces() {
          yield Buffer.alloc(1 << 20, "n");
          process.stdout.write("writing");
          await new Promise((resolve) => setTimeout(resolve, 30_000));
        }
        await writeAtomically(process.argv[2], 0o644, pieces(), () => undefined);`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: script,
    logLevel: "error",
  });
  const child = spawn(process.execPath, [script, path], { stdio: ["ignore", "pipe", "inherit"] });
  await Promise.race([once(child.stdout, "data"), setTimeout(10_000)]);
  rmSync(script);
  return child;
}
