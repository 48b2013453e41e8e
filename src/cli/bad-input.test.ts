import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { tinyElf } from "../sysroot/tiny-elf.ts";
import { unitrd } from "../testing/command.ts";
import { plantTree } from "../testing/plant-tree.ts";
import { plainRoot, syntheticSysroot } from "../testing/synthetic-sysroot.ts";

const home = mkdtempSync(join(tmpdir(), "unitrd-bad-input-"));
const sysroot = join(home, "sysroot");
const work = join(home, "work");

beforeAll(() => {
  mkdirSync(sysroot);
  plantTree(syntheticSysroot(), sysroot);
  vi.stubEnv("UNITRD_CACHE", join(home, "cache"));
});
beforeEach(() => {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

interface Found {
  readonly status: number;
  readonly codes: readonly string[];
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** Builds twice, once for a person and once for a program, and sees that both are told the same. */
async function build(toml: string | Uint8Array, ...more: readonly string[]): Promise<Found> {
  const declaration = join(work, "machine.toml");
  writeFileSync(declaration, toml);
  const args = ["build", declaration, "-o", join(work, "out.img"), "--sysroot", sysroot, "--no-cache", ...more];
  return twice(withLast(args));
}

/** Of an option that is given twice the later one is meant. */
function withLast(args: readonly string[]): readonly string[] {
  const drop = (option: string) => {
    const at = args.indexOf(option);
    return at !== -1 && args.includes(option, at + 1) ? [at, at + 1] : [];
  };
  const dropped = new Set([...drop("-o"), ...drop("--sysroot")]);
  return args.filter((_, index) => !dropped.has(index));
}

async function twice(args: readonly string[]): Promise<Found> {
  const shown = await unitrd(args, { colour: true, width: 100 });
  const told = await unitrd([...args, "--json"], { colour: true, width: 100 });
  const document = JSON.parse(told.stdout) as { ok: boolean; diagnostics: Diagnostic[] };
  const codes = document.diagnostics.map(({ code }) => code);
  const seen = [...shown.stderr.matchAll(/(?:error|warning|hint)\[(U\d{3})\]/g)].map((match) => match[1]);

  expect(seen).toEqual(codes);
  expect(document.ok).toBe(false);
  expect(told.stdout).not.toContain("\u001b");
  expect(told.stderr).toBe("");
  expect(told.status).toBe(shown.status);
  expect(shown.stdout).toBe("");
  expect(shown.stderr).not.toMatch(/\bat \S+:\d+:\d+|node:internal|\.ts:\d/);
  expect(readdirSync(work).filter((name) => name.includes("unitrd-"))).toEqual([]);
  return { status: shown.status, codes, text: plain(shown.stderr), diagnostics: document.diagnostics };
}

function plain(text: string): string {
  return text.replaceAll(/\u001b\[[0-9;]*m/g, "");
}

const cases: readonly {
  readonly what: string;
  readonly toml: string | Uint8Array;
  readonly code: string;
  /** `line:column` of the first place; absent when it is no place in a declaration. */
  readonly at?: string;
  readonly says: RegExp;
}[] = [
  { what: "an empty file", toml: "", code: "U140", at: "1:1", says: /nothing is declared for "\/"/ },
  { what: "a file that is not TOML", toml: "this is not toml = [", code: "U001", at: "1:6", says: /unexpected/ },
  { what: "a file that is no text", toml: Buffer.from([1, 2, 0xff]), code: "U002", at: "1:3", says: /UTF-8/ },
  {
    what: "a string that is not closed",
    toml: '[image]\r\nkernel = "x\r\n',
    code: "U001",
    at: "2:12",
    says: /closing quote/,
  },
  {
    what: "a number for a list",
    toml: `${plainRoot}[modules]\nload = 1\n`,
    code: "U010",
    at: "5:8",
    says: /expected a list/,
  },
  {
    what: "a value outside a choice",
    toml: '[image]\ncompression = "zip"\n',
    code: "U013",
    at: "2:15",
    says: /expected "zstd"/,
  },
  {
    what: "an unknown key",
    toml: '[image]\ncompresion = "zstd"\n',
    code: "U011",
    at: "2:1",
    says: /did you mean `compression`/,
  },
  {
    what: "an unknown table",
    toml: '[filesytems."/"]\ntype = "ext4"\n',
    code: "U011",
    at: "1:2",
    says: /did you mean `filesystems`/,
  },
  { what: "no root", toml: "[modules]\nload = []\n", code: "U140", at: "1:1", says: /no system to hand over to/ },
  { what: "a table twice", toml: `${plainRoot}${plainRoot}`, code: "U001", at: "4:14", says: /defined twice/ },
  {
    what: "devices that wait for each other",
    toml: `${plainRoot}[luks.a]\ndevice = "/dev/mapper/b"\n[luks.b]\ndevice = "/dev/mapper/a"\n`,
    code: "U203",
    at: "4:2",
    says: /luks:a → luks:b → luks:a/,
  },
  {
    what: "a mapping that nobody makes",
    toml: '[filesystems."/"]\ndevice = "/dev/mapper/gone"\ntype = "ext4"\n',
    code: "U202",
    at: "2:10",
    says: /declare luks\.gone/,
  },
  {
    what: "a device without a driver",
    toml: '[filesystems."/"]\ndevice = "/dev/mmcblk0p1"\ntype = "ext4"\n',
    code: "U186",
    at: "2:10",
    says: /modules\.available = \["mmc_block"\]/,
  },
  {
    what: "a kernel that is not there",
    toml: `[image]\nkernel = "9.9"\n${plainRoot}`,
    code: "U351",
    at: "2:10",
    says: /it has 6\.1\.0-test/,
  },
  {
    what: "a program that is not there",
    toml: `${plainRoot}[programs]\ninclude = ["nonesuch"]\n`,
    code: "U183",
    at: "5:12",
    says: /no program nonesuch/,
  },
  {
    what: "a module that is not there",
    toml: `${plainRoot}[modules]\nload = ["nonesuch"]\n`,
    code: "U355",
    at: "5:9",
    says: /nonesuch/,
  },
  {
    what: "a name with `..`",
    toml: `${plainRoot}[luks.".."]\ndevice = "/dev/vda1"\n`,
    code: "U015",
    at: "4:7",
    says: /may not be `\.\.`/,
  },
  {
    what: "a name with a line feed",
    toml: `${plainRoot}[luks."a\\nb"]\ndevice = "/dev/vda1"\n`,
    code: "U015",
    at: "4:7",
    says: /control characters/,
  },
  {
    what: "a mount point with `..`",
    toml: '[filesystems."/a/../b"]\ndevice = "LABEL=a"\ntype = "ext4"\n',
    code: "U015",
    at: "1:14",
    says: /may not contain `\.\.`/,
  },
  {
    what: "a name that is `__proto__`",
    toml: `${plainRoot}[luks.__proto__]\ndevice = "/dev/vda1"\n`,
    code: "U004",
    at: "4:7",
    says: /__proto__/,
  },
  {
    what: "a file beside the declaration that is not there",
    toml: `${plainRoot}[files."/etc/a"]\nsource = "gone"\n`,
    code: "U180",
    at: "5:10",
    says: /gone cannot be read/,
  },
  {
    what: "a file that would leave its directory",
    toml: `${plainRoot}[files."/etc/a"]\nsource = "../a"\n`,
    code: "U014",
    at: "5:10",
    says: /may not contain `\.\.`/,
  },
];

describe("a declaration with a mistake is told what, where, and by a code", () => {
  test.each(cases)("$what", async ({ toml, code, at, says }) => {
    const found = await build(toml);
    expect(found.status).toBe(1);
    expect(found.codes[0]).toBe(code);
    expect(found.text).toMatch(says);
    const [origin] = found.diagnostics[0]?.at ?? [];
    expect(origin && `${origin.line}:${origin.column}`).toBe(at);
    if (at !== undefined) expect(found.text).toContain(`machine.toml:${at}`);
  });

  test("all mistakes at once", async () => {
    const { codes, text } = await build("[image]\ncompresion = 1\n[modules]\nload = 1\n");
    expect(codes.length).toBe(2);
    expect(text).toContain("unitrd: 2 errors");
  });
});

test("paths with spaces, quotes and other letters are taken as they are", async () => {
  const declaration = join(work, "machine.toml");
  const odd = `a b"'ünï%$`;
  writeFileSync(
    declaration,
    `${plainRoot}[filesystems.${JSON.stringify(`/${odd}`)}]\ndevice = "LABEL=a b"\ntype = "ext4"\n[files.${JSON.stringify(`/etc/${odd}`)}]\ntext = "x"\n`,
  );
  const image = join(work, "out img");
  const { status, stderr } = await unitrd(["build", declaration, "-o", image, "--sysroot", sysroot, "--no-cache"]);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const listed = await unitrd(["inspect", image, `/etc/${odd}`]);
  expect(listed).toEqual({ status: 0, stdout: "x", stderr: "" });
});

describe("a sysroot with a fault", () => {
  test("that is not there", async () => {
    const { status, text } = await build(plainRoot, "--sysroot", join(home, "nowhere"));
    expect(status).toBe(1);
    expect(text).toMatch(/error\[U182\]: the sysroot .*nowhere is no directory/);
  });

  test("that is a file", async () => {
    const { codes } = await build(plainRoot, "--sysroot", join(work, "machine.toml"));
    expect(codes).toEqual(["U182"]);
  });

  test("that is empty", async () => {
    mkdirSync(join(work, "empty"));
    const { codes, text } = await build(plainRoot, "--sysroot", join(work, "empty"));
    expect(codes).toEqual(["U350", "U182"]);
    expect(text).toContain("is no sysroot for a systemd stage one");
  });

  test.each([
    { what: "a link to itself", link: "mount", target: "mount", says: /mount/ },
    { what: "a link out of the tree", link: "mount", target: "../../../../../../../../etc/passwd", says: /mount/ },
    { what: "a link to nothing", link: "mount", target: "gone", says: /mount/ },
  ])("in which a program is $what", async ({ link, target, says }) => {
    const tree = planted({ [`/usr/bin/${link}`]: { symlink: target } });
    const { status, text, codes } = await build(plainRoot, "--sysroot", tree);
    expect(status).toBe(1);
    expect(codes).toContain("U183");
    expect(text).toMatch(says);
  });

  test("in which a program is cut short", async () => {
    const whole = tinyElf({ needed: ["libc.so.6"] });
    const { status, text } = await build(plainRoot, "--sysroot", planted({ "/usr/bin/mount": whole.slice(0, 100) }));
    expect(status).toBe(1);
    expect(text).toMatch(/error\[U2\d\d\].*\/usr\/bin\/mount|error\[U3\d\d\].*\/usr\/bin\/mount/);
  });

  test("in which a library is missing, and who asked for it", async () => {
    const tree = planted({ "/usr/bin/mount": tinyElf({ needed: ["libgone.so.1"] }) });
    const { status, text } = await build(plainRoot, "--sysroot", tree);
    expect(status).toBe(1);
    expect(text).toMatch(/libgone\.so\.1/);
    expect(text).toMatch(/mount/);
  });
});

function planted(more: Parameters<typeof syntheticSysroot>[0]): string {
  const directory = mkdtempSync(join(work, "tree-"));
  plantTree(syntheticSysroot(more), directory);
  return directory;
}

describe("an output that cannot be written", () => {
  test.each([
    { what: "in a directory that does not exist", output: "none/out.img", code: "U410", says: /mkdir -p/ },
    { what: "in a directory that is a file", output: "machine.toml/out.img", code: "U410", says: /is no directory/ },
    { what: "that is a directory", output: ".", code: "U411", says: /it is a directory/ },
  ])("$what", async ({ output, code, says }) => {
    const { status, codes, text } = await build(plainRoot, "-o", join(work, output));
    expect(status).toBe(1);
    expect(codes).toEqual([code]);
    expect(text).toMatch(says);
  });

  test("that is a device", async () => {
    const { codes } = await build(plainRoot, "-o", "/dev/full");
    expect(codes).toEqual(["U411"]);
  });

  test("leaves the image of before as it was when the build fails", async () => {
    writeFileSync(join(work, "out.img"), "old");
    await build(`${plainRoot}[programs]\ninclude = ["nonesuch"]\n`);
    expect(readFileSync(join(work, "out.img"), "utf8")).toBe("old");
  });
});

describe("a file that is no declaration", () => {
  test("because it is not there", async () => {
    const { status, text } = await twice([
      "build",
      join(work, "gone.toml"),
      "-o",
      join(work, "out.img"),
      "--sysroot",
      sysroot,
    ]);
    expect(status).toBe(1);
    expect(text).toMatch(/error\[U188\]: .*gone\.toml cannot be read/);
  });

  test("because it is a directory", async () => {
    const { codes } = await twice(["build", work, "-o", join(work, "out.img"), "--sysroot", sysroot]);
    expect(codes).toEqual(["U188"]);
  });

  test("because it is a link to itself", async () => {
    symlinkSync("loop.toml", join(work, "loop.toml"));
    const { codes } = await twice([
      "build",
      join(work, "loop.toml"),
      "-o",
      join(work, "out.img"),
      "--sysroot",
      sysroot,
    ]);
    expect(codes).toEqual(["U188"]);
  });
});

describe("a command line that makes no sense has exit status 2", () => {
  test.each([
    { args: ["bild"], says: /no command "bild"/ },
    { args: ["build"], says: /argument MACHINE\.TOML is missing/ },
    { args: ["build", "machine.toml"], says: /--output and its value are missing/ },
    { args: ["build", "machine.toml", "-o", ""], says: /output: expected the name of a file, got ""/ },
    { args: ["build", "machine.toml", "--outptu", "x"], says: /did you mean `--output`/ },
    { args: ["boot"], says: /name a declaration to boot/ },
    { args: ["boot", "machine.toml", "--initrd", "initrd.img"], says: /not both/ },
    { args: ["boot", "machine.toml", "--memory", "much"], says: /memory.*at least 64M/ },
    { args: ["boot", "machine.toml", "--limit", "0"], says: /limit.*at most a day/ },
    { args: ["boot", "machine.toml", "--type", "secret"], says: /PROMPT=TEXT/ },
    { args: ["graph", "machine.toml", "--format", "png"], says: /text, dot, svg, json/ },
    { args: ["inspect"], says: /argument IMAGE is missing/ },
    { args: ["schema", "x"], says: /one argument too many/ },
  ])("unitrd $args", async ({ args, says }) => {
    const shown = await unitrd(args);
    expect(shown.status).toBe(2);
    expect(shown.stderr).toMatch(says);
    expect(shown.stderr).toContain("error[U700]");
    expect(shown.stdout).toBe("");
  });

  test("which is data for whoever asks for data", async () => {
    const { codes } = await twice(["build", "--outptu", "x"]);
    expect(codes).toEqual(["U700"]);
  });
});

describe("an image that is none", () => {
  test.each([
    { what: "not there", bytes: undefined, code: "U434" },
    { what: "empty", bytes: "", code: "U430" },
    { what: "some text", bytes: "hello, world\n", code: "U430" },
    { what: "cut short", bytes: "070701", code: "U431" },
  ])("because it is $what", async ({ bytes, code }) => {
    const image = join(work, "image");
    if (bytes !== undefined) writeFileSync(image, bytes);
    const { status, codes } = await twice(["inspect", image]);
    expect(status).toBe(1);
    expect(codes).toEqual([code]);
  });
});
