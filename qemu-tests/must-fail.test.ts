import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findings, type Diagnostic } from "../src/diagnostics/diagnostic.ts";
import { scenarioTrees } from "../src/host/environment.ts";
import { findScenarios } from "../src/trial/find-scenarios.ts";
import { renderTrial } from "../src/trial/render-trial.ts";
import { runScenario, type TrialResult } from "../src/trial/run-scenario.ts";
import { trialWorld } from "../src/trial/trial-world.ts";

/** Scenarios that expect what is not so: each must fail, and tell the right reason. */
const world = trialWorld(scenarioTrees());
const home = mkdtempSync(join(tmpdir(), "unitrd-must-fail-"));
afterAll(() => rmSync(home, { recursive: true }));

describe.skipIf(world.trees["trixie"] === undefined)("a scenario fails", { concurrent: true }, () => {
  it("when a disk is not attached, a step fails, a disk is late, and order, mounts or messages are others", async () => {
    const { result, reported } = await run("system", systemMachine, systemLies);
    expect(reasons(result)).toEqual([
      ["expect.mounts./.type", "btrfs", "ext4"],
      ["expect.mounts./data", "a mount at /data", "none"],
      ["expect.units.hook:bad", "hook:bad done", expect.stringMatching(/failed/)],
      ["expect.before.0", "mount:/late ended before mount:/ began", expect.stringMatching(/^mount:\/late from/)],
      ["expect.overlap.0", "mount:/ and mount:/late at work at the same time", expect.stringMatching(/^mount:\/ from/)],
      [
        "expect.wait.0",
        String.raw`dev-disk-by\x2dlabel-late.device took 0 to 1 s`,
        expect.stringMatching(/^([2-9]|\d\d)\.\d{3} s, from/),
      ],
      ["expect.nothing-else-failed", "nothing else failed", String.raw`dev-disk-by\x2dlabel-data.device timeout`],
      [
        "expect.nothing-else-failed",
        "nothing else failed",
        String.raw`systemd-fsck@dev-disk-by\x2dlabel-data.service dependency`,
      ],
      ["expect.nothing-else-failed", "nothing else failed", "sysroot-data.mount dependency"],
      [
        "expect.console.includes.0",
        expect.stringMatching(/did not apear/),
        expect.stringMatching(/^none in \d+ lines$/),
      ],
    ]);
    const misspelt = result.failures.find(({ expected }) => expected.includes("apear"));
    expect(misspelt?.near.join("\n")).toContain("by-label/data did not appear within 3 s: machine.toml:");
    const told = renderTrial(result);
    expect(told).toContain("system (what is not so): failed");
    expect(told).toContain("scenario.toml:31 expected btrfs\n    found ext4");
    expect(told).toMatch(/first to fail: \S+/);
    expect(reported).toMatchObject([{ code: "U693", message: expect.stringContaining('"NEVER-SAID"') as string }]);
  });

  it("when the power was cut before a sync, and when disks are bad, slow or read-only that are not to be", async () => {
    const { result, reported } = await run("disks", disksMachine, disksLies);
    expect(reported).toEqual([]);
    expect(result.bootName).toBe("boot 2");
    expect(reasons(result)).toEqual([
      ["then.0.expect.files./never-synced", "a file /never-synced", "nothing there"],
      [
        "then.0.expect.files./run/bare.text",
        JSON.stringify("0\ngood\ngood\ngood\nquick\n"),
        JSON.stringify("1\ngood\nbad\ngood\nslow\n"),
      ],
      ["then.0.expect.shutdown", "reboot", "power-off"],
      ["then.0.expect.disks.main.state", "main is dirty", "ext4, clean"],
    ]);
  });
});

async function run(name: string, machine: string, scenario: string): Promise<Ran> {
  const folder = join(home, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "machine.toml"), machine);
  writeFileSync(join(folder, "scenario.toml"), scenario);
  const found = findings();
  const [first] = findScenarios([folder], found.report)[0]?.scenarios ?? [];
  if (first === undefined) throw new Error(JSON.stringify(found.all));
  const patience = Math.min(4, Math.max(1, (loadavg()[0] ?? 0) / availableParallelism()));
  const options = { ...world, folder, evidence: join(home, "evidence"), patience };
  const result = await runScenario(first, options, found.report);
  expect(result.verdict).toBe("failed");
  return { result, reported: found.all };
}

interface Ran {
  readonly result: TrialResult;
  readonly reported: readonly Diagnostic[];
}

function reasons({ failures }: TrialResult): readonly unknown[] {
  return failures.map(({ path, expected, found }) => [path.join("."), expected, found]);
}

const systemMachine = `
[filesystems."/"]
device = "LABEL=root"
type = "ext4"

[filesystems."/late"]
device = "LABEL=late"
type = "ext4"

[filesystems."/data"]
device = "LABEL=data"
type = "ext4"
nofail = true
device-timeout = "3s"

[hooks.bad]
source = "bad.sh"
before = ["mount:/"]
nofail = true
`;

const systemLies = `description = "what is not so"
missing = ["data"]
files."bad.sh" = "exit 7"

[fault.late]
arrives = { when = "Expecting device", after = "4s" }
leaves = { when = "NEVER-SAID" }

[[disk]]
name = "main"
size = "48M"
content = { type = "ext4", label = "root", fill = "stage-two", files = { "/late" = { directory = true } } }

[[disk]]
name = "late"
size = "16M"
content = { type = "ext4", label = "late" }

[[disk]]
name = "data"
size = "16M"
content = { type = "ext4", label = "data" }

[expect]
units = { "hook:bad" = "done" }
before = [["mount:/late", "mount:/"]]
overlap = [["mount:/", "mount:/late"]]
console.includes = ["by-label/data did not apear within 3 s: machine.toml"]

[expect.mounts]
"/".type = "btrfs"
"/data".type = "ext4"

[[expect.wait]]
of = 'dev-disk-by\\x2dlabel-late.device'
at-most = "1s"
`;

const disksMachine = `
[filesystems."/"]
device = "LABEL=root"
type = "ext4"
`;

const disksLies = `description = "what is not so of disks"
script = '''
echo not yet >/never-synced
echo CUT-THE-POWER
sleep 60
'''
power-cut = { when = "CUT-THE-POWER" }
expect.end = "power-cut"

[[disk]]
name = "main"
size = "48M"
content = { type = "ext4", label = "root", fill = "stage-two" }

[[disk]]
name = "bare"
size = "8M"
content = { type = "raw", text = "bare" }

[[then]]
script = '''
bare=/dev/vdb
{
  cat /sys/block/vdb/ro
  for block in 0 256 258; do
    dd if="$bare" of=/dev/null bs=4k skip="$block" count=1 iflag=direct 2>/dev/null && echo good || echo bad
  done
  read -r before rest </proc/uptime
  dd if="$bare" of=/dev/null bs=4k skip=512 count=16 iflag=direct 2>/dev/null
  read -r after rest </proc/uptime
  [ "$((\${after%.*} - \${before%.*}))" -lt 2 ] && echo quick || echo slow
} >/run/bare
'''

[then.fault.bare]
read-only = true
bad-sectors = ["2048-2049"]
requests-per-second = 6

[then.expect]
shutdown = "reboot"
disks.main.state = "dirty"

[then.expect.files]
"/never-synced".text = "not yet\\n"
"/run/bare".text = "0\\ngood\\ngood\\ngood\\nquick\\n"
`;
