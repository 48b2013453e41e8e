import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scenarioTrees } from "../host/environment.ts";

const checkout = join(import.meta.dirname, "../..");
const { trixie } = scenarioTrees().trees;

/** Three runs of one scenario at once, with one cache and one directory for temporary files. */
describe.skipIf(trixie === undefined)("unitrd test", () => {
  const home = mkdtempSync(join(tmpdir(), "unitrd-leaves-"));
  const [temporary, cache, folder] = ["tmp", "cache", "machine"].map((name) => join(home, name)) as [
    string,
    string,
    string,
  ];

  beforeAll(() => {
    const bundled = spawnSync(process.execPath, [join(checkout, "scripts/bundle.mjs"), "--out", join(home, "dist")]);
    expect(bundled.status).toBe(0);
    for (const name of ["package.json", "templates", "units"]) spawnSync("cp", ["-r", join(checkout, name), home]);
    for (const directory of [temporary, cache, folder]) mkdirSync(directory, { mode: 0o700 });
    writeFileSync(join(folder, "machine.toml"), '[filesystems."/"]\ndevice = "LABEL=root"\ntype = "ext4"\n');
    writeFileSync(join(folder, "scenario.toml"), scenario);
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it("shares nothing with other runs, and leaves nothing behind however it ends", async () => {
    const mounts = readFileSync("/proc/self/mounts", "utf8");
    const runs = [start(), start(), start()] as const;
    const [killed, interrupted, whole] = runs;
    try {
      const guests = await Promise.all(runs.map(({ child }) => guestOf(child)));
      const disks = digests(cache);
      const held = guests.map((pids) => pids.flatMap((pid) => [...portsOf(pid), ...pathsOf(pid, temporary)]));
      for (const own of held) {
        expect(own).toContainEqual(expect.stringMatching(/^port \d+$/));
        expect(own).toContainEqual(expect.stringMatching(/\/tpm$/));
      }
      const shared = held.flatMap((own, index) =>
        own.filter((one) => held.some((o, i) => i > index && o.includes(one))),
      );
      expect(shared).toEqual([]);

      killed.child.kill("SIGKILL");
      interrupted.child.kill("SIGINT");
      expect(await interrupted.status).toBe(130);
      expect(await interrupted.output).toBe("0 passed, 0 failed, 1 not run\n");
      const over = [...(guests[0] ?? []), ...(guests[1] ?? [])];
      await expect.poll(() => over.filter(isAlive), { timeout: 10_000 }).toEqual([]);

      expect(await whole.output).toMatch(/^passed .* in [\d.]+ s\n1 passed, 0 failed\n$/);
      expect(await whole.status).toBe(0);
      await expect.poll(() => readdirSync(temporary), { timeout: 10_000 }).toEqual([]);
      await expect.poll(() => processesAbout(home), { timeout: 10_000 }).toEqual([]);
      const unfinished = readdirSync(cache, { recursive: true }).map(String);
      expect(unfinished.filter((name) => /making-|\.lock|\.unitrd-/.test(name))).toEqual([]);
      expect(readFileSync("/proc/self/mounts", "utf8")).toBe(mounts);
      expect(digests(cache)).toEqual(disks);
    } finally {
      for (const { child } of runs) child.kill("SIGKILL");
    }
  });

  function start() {
    const { PATH, HOME } = process.env;
    const child = spawn(join(home, "dist/unitrd.js"), ["test", folder, "--sysroot", `trixie=${trixie ?? ""}`], {
      env: { PATH, HOME, TMPDIR: temporary, UNITRD_CACHE: cache },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const status = once(child, "exit").then(([code]: unknown[]) => code);
    return { child, status, output: text(child.stdout) };
  }
});

const scenario = `
tpm = true
expect.disks.main.state = "clean"

[[nic]]
forward = [22]

[[disk]]
name = "main"
size = "32M"
content = { type = "ext4", label = "root", fill = "stage-two" }
`;

/** The QEMU that boots the scenario and its TPM, once both run. */
async function guestOf({ pid }: ChildProcess): Promise<readonly string[]> {
  const found = (): readonly string[] => {
    const below = descendants(String(pid)).filter(isAlive);
    return below.filter((one) => /^qemu-system.*\0-initrd\0|^swtpm\0/.test(words(one).replace(/^[^\0]*\//, "")));
  };
  await expect.poll(() => found().length, { timeout: 120_000, interval: 100 }).toBe(2);
  await expect.poll(() => found().flatMap(portsOf).length, { timeout: 10_000 }).toBe(1);
  return found();
}

function descendants(pid: string): readonly string[] {
  const own = read(`/proc/${pid}/task/${pid}/children`)
    .split(" ")
    .filter((one) => one !== "");
  return own.flatMap((one) => [one, ...descendants(one)]);
}

/** What a process was started with, each word with a NUL behind it. */
function words(pid: string): string {
  return read(`/proc/${pid}/cmdline`);
}

/** "port 40123" for each that it listens at; state 0A of /proc/net/tcp. */
function portsOf(pid: string): readonly string[] {
  const sockets = new Set(
    attempt(() => readdirSync(`/proc/${pid}/fd`), []).map((fd) =>
      attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`), ""),
    ),
  );
  return read("/proc/net/tcp")
    .split("\n")
    .flatMap((line) => {
      const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
      const port = Number.parseInt(local.split(":")[1] ?? "", 16);
      return state === "0A" && sockets.has(`socket:[${inode ?? ""}]`) ? [`port ${port}`] : [];
    });
}

/** The paths below a directory that stand in its command line, and the private directory of each. */
function pathsOf(pid: string, directory: string): readonly string[] {
  const found = words(pid).match(new RegExp(`${directory}/[^,\\0"]+`, "g")) ?? [];
  return [...new Set(found.flatMap((path) => [path, path.slice(0, path.indexOf("/", directory.length + 1))]))];
}

function isAlive(pid: string): boolean {
  return /^State:\s+[^ZX]/m.test(read(`/proc/${pid}/status`));
}

/** Processes that were started with a path below the directory, or in such an environment. */
function processesAbout(directory: string): readonly string[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  return all
    .filter((pid) => isAlive(pid) && (words(pid) + read(`/proc/${pid}/environ`)).includes(directory))
    .map(words);
}

function digests(cache: string): Readonly<Record<string, string>> {
  const disks = readdirSync(join(cache, "disks"), { recursive: true })
    .map(String)
    .filter((name) => name.includes("disk.raw"));
  const entries = disks.map((name) => {
    const bytes = readFileSync(join(cache, "disks", name));
    return [name, createHash("sha256").update(bytes).digest("hex")];
  });
  expect(entries).toHaveLength(1);
  return Object.fromEntries(entries) as Record<string, string>;
}

function read(path: string): string {
  return attempt(() => readFileSync(path, "latin1"), "");
}

/** Processes come and go while they are looked at. */
function attempt<Value>(look: () => Value, otherwise: Value): Value {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
