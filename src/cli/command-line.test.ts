import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { tinyElf } from "../sysroot/tiny-elf.ts";
import { unitrd } from "../testing/command.ts";
import { plantTree } from "../testing/plant-tree.ts";
import { plainRoot, syntheticSysroot } from "../testing/synthetic-sysroot.ts";
import { completionScripts } from "./completion-scripts.ts";

const home = mkdtempSync(join(tmpdir(), "unitrd-command-"));
const sysroot = join(home, "sysroot");
const machine = join(home, "machine.toml");
const image = join(home, "initrd.img");

beforeAll(async () => {
  vi.stubEnv("UNITRD_CACHE", join(home, "cache"));
  mkdirSync(sysroot);
  // Layers below 64 KiB are not compressed.
  const large = Buffer.concat([tinyElf(), new Uint8Array(100_000)]);
  plantTree(syntheticSysroot({ "/usr/bin/mount": large }), sysroot);
  writeFileSync(machine, `[image]\ncompression = "gzip"\n${plainRoot}[files."/etc/greeting"]\ntext = "hello\\n"\n`);
  expect(await unitrd(["build", machine, "-o", image, "--sysroot", sysroot, "--quiet"])).toEqual(silence);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

const silence = { status: 0, stdout: "", stderr: "" };

describe("unitrd build", () => {
  test("says what went in; the last line names the stage one and the image", async () => {
    const { status, stdout } = await unitrd(["build", machine, "-o", image, "--sysroot", sysroot]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^stage one {3}systemd 257: 1 step, \d+ units of its own\nkernel {6}6\.1\.0-test\n/);
    expect(stdout).toMatch(/^userland .* → .* files?, gzip, from the cache$/m);
    expect(stdout).toMatch(/\nbuilt a systemd stage one in \d+\.\d\d s: \S+initrd\.img \(\d+\.\d KiB\)\n$/);
  });

  test("merges several files in order, and shows in its data what replaced what", async () => {
    const second = join(home, "second.toml");
    writeFileSync(second, '[image]\ncompression = "none"\n');
    const args = ["build", machine, second, "-o", join(home, "two.img"), "--sysroot", sysroot, "--json"];
    const { status, stdout, stderr } = await unitrd(args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      errors: 0,
      diagnostics: [],
      stageOne: { kind: "systemd", version: 257 },
      kernel: "6.1.0-test",
      steps: [{ id: "mount:/" }],
      replaced: [{ path: "image.compression", how: "replaced", by: { line: 2 }, was: { line: 2 } }],
      image: { mode: "0644", size: statSync(join(home, "two.img")).size },
    });
  });

  test("shows progress on a terminal only, and takes it away again", async () => {
    const args = ["build", machine, "-o", image, "--sysroot", sysroot];
    const { stderr } = await unitrd(args, { isTerminal: true, width: 40 });
    expect(stderr).toMatch(/^\r\u001b\[Kunitrd: reading .{0,30}\r/u);
    expect(stderr.endsWith("\r\u001b[K")).toBe(true);
    expect((await unitrd(args)).stderr).toBe("");
  });
});

describe("unitrd inspect", () => {
  test("lists an image as ls -l does", async () => {
    const { stdout } = await unitrd(["inspect", image]);
    expect(stdout).toMatch(/^-rw-r--r-- +1 0 0 +6 \/etc\/greeting$/m);
    expect(stdout).toMatch(/^lrwxrwxrwx .* \/init -> usr\/lib\/systemd\/systemd$/m);
  });

  test("prints a file as it is, through links", async () => {
    expect((await unitrd(["inspect", image, "/etc/greeting"])).stdout).toBe("hello\n");
    expect((await unitrd(["inspect", image, "bin/mount"])).stdout.slice(1, 4)).toBe("ELF");
  });

  test("does not print a program to a terminal", async () => {
    const { status, stdout, stderr } = await unitrd(["inspect", image, "/bin/mount"], { isTerminal: true });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("error[U705]");
  });

  test("says that a path is not there", async () => {
    const { status, stderr } = await unitrd(["inspect", image, "/etc/gone"]);
    expect(status).toBe(1);
    expect(stderr).toContain("error[U706]: /etc/gone is not in");
  });

  test("lists only what is below a directory", async () => {
    const { stdout } = await unitrd(["inspect", image, "/etc/systemd", "--json"]);
    const { files } = JSON.parse(stdout) as { files: { path: string }[] };
    expect(files.length).toBeGreaterThan(1);
    expect(files.every(({ path }) => path.startsWith("/etc/systemd/"))).toBe(true);
  });

  test("counts what it is made of", async () => {
    const { stdout } = await unitrd(["inspect", image, "--summary"]);
    expect(stdout).toMatch(/^modules of {5}6\.1\.0-test$/m);
    expect(stdout).toMatch(/^units +\d\d+$/m);
    const { summary } = JSON.parse((await unitrd(["inspect", image, "--summary", "--json"])).stdout) as {
      summary: { segments: { compression: string }[] };
    };
    expect(summary.segments.map(({ compression }) => compression)).toContain("gzip");
  });

  test("extracts", async () => {
    const directory = join(home, "extracted");
    expect(await unitrd(["inspect", image, "/etc", "--extract", directory])).toEqual(silence);
    expect(readFileSync(join(directory, "etc/greeting"), "utf8")).toBe("hello\n");
  });
});

describe("unitrd graph", () => {
  test("draws the steps", async () => {
    const { stdout } = await unitrd(["graph", machine, "--sysroot", sysroot]);
    expect(stdout).toContain("│ mount:/");
    expect(stdout).toContain("◇ UUID=0f3c0f3c-0000-4000-8000-000000000001");
  });

  test("writes what it draws to a file, without colours", async () => {
    const file = join(home, "graph.svg");
    const args = ["graph", machine, "--sysroot", sysroot, "--format", "svg", "-o", file];
    expect(await unitrd(args, { colour: true })).toEqual(silence);
    expect(readFileSync(file, "utf8")).toMatch(/^<\?xml.*\n<svg /);
  });

  test("draws units", async () => {
    const { stdout } = await unitrd(["graph", machine, "--sysroot", sysroot, "--units", "--json"]);
    const { units } = JSON.parse(stdout) as { units: { id: string }[] };
    expect(units.map(({ id }) => id)).toContain("sysroot.mount");
  });

  test("needs no systemd to draw steps, only to draw units", async () => {
    const empty = join(home, "empty");
    mkdirSync(empty);
    expect((await unitrd(["graph", machine, "--sysroot", empty])).status).toBe(0);
    const { status, stderr } = await unitrd(["graph", machine, "--sysroot", empty, "--units"]);
    expect(status).toBe(1);
    expect(stderr).toContain("error[U708]");
  });
});

describe("unitrd boot", () => {
  test("says which kernel it lacks before anything is started", async () => {
    const { status, stderr } = await unitrd(["boot", "--initrd", image, "--sysroot", join(home, "extracted")]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/error\[U702\]: .* has no kernel 6\.1\.0-test in \/boot/);
  });

  test("boots nothing when the declaration has a mistake", async () => {
    const wrong = join(home, "wrong.toml");
    writeFileSync(wrong, "[image]\nkernle = 1\n");
    const { status, stderr } = await unitrd(["boot", wrong, "--sysroot", sysroot]);
    expect(status).toBe(1);
    expect(stderr.match(/error\[/g)).toEqual(["error["]);
    expect(stderr).toContain("error[U011]");
  });
});

describe("unitrd explain", () => {
  test("explains a code, however it is written", async () => {
    expect((await unitrd(["explain", "u140"])).stdout).toMatch(/^U140: .+\n\n\S/);
  });

  test("knows no other", async () => {
    const { status, stderr } = await unitrd(["explain", "constructor"]);
    expect(status).toBe(2);
    expect(stderr).toContain('error[U703]: there is no code "constructor"');
  });
});

test("unitrd schema prints a JSON Schema of the declaration", async () => {
  const { stdout } = await unitrd(["schema"]);
  expect(JSON.parse(stdout)).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    properties: { image: {}, luks: {}, filesystems: {} },
  });
});

describe("help", () => {
  test("lists the commands, and is what unitrd alone prints", async () => {
    const { status, stdout } = await unitrd(["--help"]);
    expect(status).toBe(0);
    for (const command of ["build", "boot", "graph", "inspect", "schema", "explain", "completion"]) {
      expect(stdout).toMatch(new RegExp(`^ {2}${command} +\\S`, "m"));
    }
    expect(await unitrd([])).toEqual({ status: 0, stdout, stderr: "" });
  });

  test.each(["build", "boot", "graph", "inspect", "schema", "explain", "completion"])(
    "of %s has an example",
    async (command) => {
      const { status, stdout } = await unitrd([command, "--help"]);
      expect(status).toBe(0);
      expect(stdout).toMatch(new RegExp(`^ {2}unitrd ${command} [^(]*$`, "m"));
    },
  );

  test("prints the version", async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8")) as {
      version: string;
    };
    expect(await unitrd(["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  });
});

describe("completion", () => {
  const proposals = async (...words: readonly string[]) => {
    const { stdout } = await unitrd(["__complete", ...words]);
    return stdout
      .split("\n")
      .map((line) => line.split("\t")[0])
      .filter((word) => word !== "");
  };

  test("knows commands, options and values", async () => {
    expect(await proposals("b")).toEqual(["build", "boot"]);
    expect(await proposals("graph", "--fo")).toEqual(["--format"]);
    expect(await proposals("graph", "--format", "")).toEqual(["text", "dot", "svg", "json"]);
    expect(await proposals("explain", "U74")).toEqual(["U749"]);
  });

  test("leaves file names to the shell", async () => {
    expect(await proposals("build", "")).toEqual([]);
    expect(await proposals("build", "machine.toml", "-o", "")).toEqual([]);
  });

  test("works in bash, also behind an equals sign", () => {
    const answers =
      'unitrd() { printf "text\\tplain\\nsvg\\tdrawn\\n"; [[ $* == "__complete graph --format s" ]] || echo "$*"; }';
    const typed = "COMP_WORDS=(unitrd graph --format = s); COMP_CWORD=4; _unitrd; printf '%s\\n' \"${COMPREPLY[@]}\"";
    const { stdout } = spawnSync("bash", ["--norc", "-c", `${answers}\n${completionScripts.bash}\n${typed}`], {
      encoding: "utf8",
    });
    expect(stdout).toBe("text\nsvg\n");
  });
});
