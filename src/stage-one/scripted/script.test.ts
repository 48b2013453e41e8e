import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { draftFiles, type DraftResult } from "../../build/build.ts";

const home = fileURLToPath(new URL("../../../", import.meta.url));
let directory = "";

/** A tree in which there are programs by name only: a script is not run here. */
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "unitrd-script-"));
  for (const program of [
    "busybox",
    "cryptsetup",
    "fsck.ext4",
    "fsck.vfat",
    "keyctl",
    "loadkeys",
    "mount.zfs",
    "zfs",
    "zpool",
  ]) {
    write(`tree/usr/sbin/${program}`, "#!\n", 0o755);
  }
  write("scripted.toml", '[stage-one]\nkind = "scripted"\n');
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function write(path: string, text: string, mode = 0o644): string {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode });
  return file;
}

async function scriptOf(declaration: string): Promise<DraftResult & { readonly script: string }> {
  const files = [declaration, join(directory, "scripted.toml")];
  const result = await draftFiles({ declaration: files, sysroot: join(directory, "tree") });
  return { ...result, script: result.draft?.stage?.script ?? "" };
}

/** A header that is made together with its disk, and what is no declaration. */
const others: ReadonlySet<string> = new Set([
  "qemu-tests/luks-detached-header/machine.toml",
  "qemu-tests/differences.toml",
]);

const declarations = ["examples", "qemu-tests"].flatMap((place) =>
  readdirSync(join(home, place), { withFileTypes: true }).flatMap((entry) => {
    const file = entry.isDirectory() ? `${place}/${entry.name}/machine.toml` : `${place}/${entry.name}`;
    return file.endsWith(".toml") && !others.has(file) && existsSync(join(home, file)) ? [file] : [];
  }),
);

const everything = `
[luks.root]
device = "PARTUUID=0a"
unlock = ["key-file", { command = ["/usr/sbin/keyctl", "it's", "$HOME"] }, "passphrase"]
key-file = "root.key"
options = ["discard"]
tries = 3
[luks.other]
device = "/dev/vdb"
nofail = true
[filesystems."/"]
device = "/dev/mapper/root"
type = "ext4"
[filesystems."/usr"]
dataset = "tank/it.s"
type = "zfs"
[filesystems."/usr".encryption]
unlock = ["passphrase"]
[filesystems."/srv"]
devices = ["PARTLABEL=it's one", "UUID=7b0a3c1e-5d51-4a52-9c0e-6263616368e1"]
type = "bcachefs"
degraded = true
[filesystems."/srv".encryption]
key-file = "bch.key"
[filesystems."/tmp/a b"]
type = "tmpfs"
[modules]
load = ["loop"]
[sysctl]
"kernel.printk" = "3"
[hooks]
pre-device = ["hook"]
post-mount = ["hook"]
on-failure = ["hook"]
[hooks.last]
source = "hook"
after = ["mount:/srv"]
`;

describe("the script", () => {
  it.each(declarations)("of %s is one that every shell reads and shellcheck has nothing against", async (file) => {
    const { script } = await scriptOf(join(home, file));
    check(script);
  });

  it("of a declaration of everything is too, and does each step once, none before what it needs", async () => {
    write("hook", "#!/bin/sh\n");
    write("root.key", "k");
    write("bch.key", "k".repeat(32));
    const { script, draft, diagnostics } = await scriptOf(write("everything.toml", everything));
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    check(script);
    const called = [...script.matchAll(/^step '?([^' ]+(?: b)?)'? (?:stop|go-on) /gm)].map((match) => match[1] ?? "");
    const planned = draft?.plan.steps.map(({ id }) => id) ?? [];
    expect(called).toEqual(planned.filter((id) => id !== "hooks:on-failure"));
    expect(called.indexOf("hooks:pre-device")).toBeLessThan(called.indexOf("luks:other"));
    expect(called.indexOf("zpool:tank")).toBeGreaterThan(called.indexOf("luks:root"));
    expect(called.indexOf("unlock:/usr")).toBeGreaterThan(called.indexOf("zpool:tank"));
    expect(called.indexOf("mount:/srv")).toBeGreaterThan(called.indexOf("unlock:/srv"));
    expect(called.indexOf("hook:last")).toBeGreaterThan(called.indexOf("mount:/srv"));
    expect(called.indexOf("hooks:post-mount")).toBeGreaterThan(called.indexOf("mount:/srv"));
  });
});

function check(script: string): void {
  expect(script).not.toBe("");
  shellHasNothingAgainst(script, ["busybox", "sh", "-n"]);
  shellHasNothingAgainst(script, ["dash", "-n"]);
  // Many have the same functions, and shellcheck takes its time.
  const [functions = "", steps = ""] = script.replace(/^# \d+ steps;.*\n/m, "").split("\nprepare\n");
  expect(steps).toMatch(/^hand_over$/m);
  if (!checkedFunctions.has(functions)) shellHasNothingAgainst(functions, shellcheck);
  checkedFunctions.add(functions);
  shellHasNothingAgainst(`#!/bin/sh\n# shellcheck disable=SC2034\n${steps}`, shellcheck);
}

const shellcheck = ["shellcheck", "-s", "sh", "-"];
const checkedFunctions = new Set<string>();

function shellHasNothingAgainst(text: string, [program = "", ...args]: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, { input: text, encoding: "utf8" });
  expect(`${program} ${status}\n${stdout}${stderr}`).toBe(`${program} 0\n`);
}
