import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tinyElf } from "../sysroot/tiny-elf.ts";
import { plantTree } from "../testing/plant-tree.ts";
import { plainRoot, syntheticSysroot } from "../testing/synthetic-sysroot.ts";

/** What only a process of its own can show: signals, closed pipes, full devices. */
describe("the process", () => {
  const home = mkdtempSync(join(tmpdir(), "unitrd-process-"));
  const unitrd = join(home, "dist/unitrd.js");
  const machine = join(home, "machine.toml");
  const output = join(home, "out/initrd.img");
  const build = ["build", machine, "-o", output, "--sysroot", join(home, "sysroot"), "--no-cache"];
  const checkout = join(import.meta.dirname, "../..");

  beforeAll(() => {
    const bundled = spawnSync(process.execPath, [join(checkout, "scripts/bundle.mjs"), "--out", join(home, "dist")]);
    expect(bundled.status).toBe(0);
    for (const name of ["sysroot", "out", "bin"]) mkdirSync(join(home, name));
    for (const name of ["package.json", "templates"]) spawnSync("cp", ["-r", join(checkout, name), home]);
    const large = Buffer.concat([tinyElf(), new Uint8Array(100_000)]);
    plantTree(syntheticSysroot({ "/usr/bin/mount": large }), join(home, "sysroot"));
    writeFileSync(machine, `[image]\ncompression = "xz"\n${plainRoot}`);
    // A compressor that a test can wait for.
    writeFileSync(join(home, "bin/xz"), '#!/bin/sh\n[ "$1" = --version ] && exec echo xz 1\nexec sleep 30\n', {
      mode: 0o755,
    });
  }, 60_000);
  afterAll(() => rmSync(home, { recursive: true }));

  const environment = { ...process.env, PATH: `${join(home, "bin")}:${process.env["PATH"] ?? ""}` };

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("ends in order on %s: nothing half made is left, and the old image is whole", async (signal, status) => {
    writeFileSync(output, "old");
    const child = spawn(unitrd, build, { env: environment });
    const said: Buffer[] = [];
    child.stderr.on("data", (piece: Buffer) => said.push(piece));
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    for (let tries = 0; readdirSync(join(home, "out")).length < 2 && tries < 200; tries++) await sleep(50);
    await sleep(100);
    child.kill(signal);
    expect(await ended).toBe(status);
    expect(Buffer.concat(said).toString()).toBe("");
    expect(readdirSync(join(home, "out"))).toEqual(["initrd.img"]);
    expect(readFileSync(output, "utf8")).toBe("old");
  });

  test("says nothing when its reader has read enough", () => {
    const shell = `${unitrd} schema | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", shell], { encoding: "utf8" });
    expect({ stdout, stderr }).toEqual({ stdout: "{\n0\n", stderr: "" });
  });

  test.skipIf(!existsSync("/dev/full"))("fails when what was asked for cannot be printed", () => {
    const { stderr, status } = spawnSync("bash", ["-c", `${unitrd} schema > /dev/full`], { encoding: "utf8" });
    expect(stderr).toMatch(/^error\[U701\]: standard output cannot be written: ENOSPC/);
    expect(status).toBe(1);
  });

  test.each([
    [{ FORCE_COLOR: "1" }, true],
    [{ NO_COLOR: "1" }, false],
    [{ FORCE_COLOR: "0" }, false],
    [{}, false],
  ])("colours with %o: %s", (variables, coloured) => {
    const { FORCE_COLOR: _, NO_COLOR: __, ...rest } = process.env;
    const { stderr } = spawnSync(unitrd, ["bild"], { encoding: "utf8", env: { ...rest, ...variables } });
    expect(stderr.includes("\u001b")).toBe(coloured);
  });
});
