import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { unitrd } from "../testing/command.ts";
import { plantTree } from "../testing/plant-tree.ts";
import { plainRoot, syntheticSysroot } from "../testing/synthetic-sysroot.ts";

const home = mkdtempSync(join(tmpdir(), "unitrd-diff-"));
const sysroot = join(home, "sysroot");
const machine = join(home, "machine.toml");
const other = join(home, "other.toml");
const image = join(home, "initrd.img");
const head = '[image]\ncompression = "gzip"\n';
const key = (text: string) => `[files."/etc/key"]\ntext = "${text}"\nsecret = true\n`;

beforeAll(async () => {
  vi.stubEnv("UNITRD_CACHE", join(home, "cache"));
  mkdirSync(sysroot);
  plantTree(syntheticSysroot(), sysroot);
  writeFileSync(machine, `${head}${plainRoot}${key("hunter2")}`);
  writeFileSync(other, `${head}${plainRoot}options = ["noatime"]\n${key("hunter3")}[sysctl]\n"kernel.printk" = "3"\n`);
  expect(await unitrd(["build", machine, "-o", image, "--sysroot", sysroot, "--quiet"])).toMatchObject({ status: 0 });
}, 60_000);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

const diff = (...args: readonly string[]) => unitrd(["diff", ...args, "--sysroot", sysroot]);

test("the two stage ones of a declaration always differ", async () => {
  const { status, stdout } = await diff(machine, "--exit-code", "--json");
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    of: "stage-ones",
    chosen: "systemd",
    steps: [{ id: "mount:/" }],
  });
});

test("an image does not differ from the declaration that it was built from", async () => {
  const { status, stdout } = await diff(image, machine, "--exit-code");
  expect({ status, stdout }).toEqual({ status: 0, stdout: "initrd.img → machine.toml\nNo difference.\n" });
});

test("a change of declaration is told step by step, and by its files, without the secrets", async () => {
  const { status, stdout } = await diff(machine, other);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^1 step added, 1 step changed\.$/m);
  expect(stdout).toMatch(/^ {5}options +– +noatime$/m);
  expect(stdout).toMatch(/^ {2}~ \/etc\/key +changed$/m);
  expect(stdout).not.toMatch(/hunter/);
  expect(await diff(machine, other, "--exit-code", "--format", "html")).toMatchObject({ status: 1 });
});

test("a page goes to a file, and nothing to the terminal", async () => {
  const page = join(home, "page.html");
  expect(await diff(machine, "-f", "html", "-o", page)).toMatchObject({ status: 0, stdout: "" });
  expect(readFileSync(page, "utf8")).toMatch(/^<!DOCTYPE html>/);
});

test("a fault is none of the two answers of --exit-code", async () => {
  const broken = join(home, "broken.toml");
  writeFileSync(broken, "[filesystems]\n");
  expect(await diff(broken)).toMatchObject({ status: 1, stdout: "" });
  expect(await diff(machine, broken, "--exit-code")).toMatchObject({ status: 3, stdout: "" });
  const alone = await diff(image);
  expect(alone.status).toBe(1);
  expect(alone.stderr).toContain("U720");
});

test("what only a boot takes is refused without one, and a boot of two declarations", async () => {
  const alone = await diff(machine, "--disk", "root.img");
  expect(alone).toMatchObject({ status: 2, stdout: "" });
  expect(alone.stderr).toContain("--disk is for a boot, and --boot is missing");
  expect(await diff(machine, other, "--boot")).toMatchObject({ status: 2, stdout: "" });
});

test("a boot of what is no scenario, or of what one of the two cannot do, is a fault that says so", async () => {
  const lost = await diff(home, "--boot", "--exit-code");
  expect(lost.status).toBe(3);
  expect(lost.stderr).toContain("U721");
  const hooked = join(home, "hooked.toml");
  writeFileSync(
    hooked,
    `${head}${plainRoot}[units."x.service"]\nwanted-by = ["initrd.target"]\ntext = "[Service]\\nExecStart=/usr/bin/systemctl\\n"\n`,
  );
  const unable = await diff(hooked, "--boot");
  expect(unable).toMatchObject({ status: 1, stdout: "" });
  expect(unable.stderr).toContain("U722");
});
