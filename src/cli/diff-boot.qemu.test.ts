import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { findings } from "../diagnostics/diagnostic.ts";
import { scenarioTrees } from "../host/environment.ts";
import { unitrd } from "../testing/command.ts";
import { findScenarios } from "../trial/find-scenarios.ts";
import { makeTrialDisks } from "../trial/run-scenario.ts";
import { trialWorld } from "../trial/trial-world.ts";

const { trees } = scenarioTrees();
const scenarios = fileURLToPath(new URL("../../qemu-tests", import.meta.url));

test.skipIf(trees["trixie"] === undefined)(
  "both stage ones of an encrypted machine lead to the same real system, and every step of both is timed",
  async () => {
    const { status, stdout } = await unitrd(["diff", join(scenarios, "luks"), "--boot", "--exit-code", "--json"]);
    const { measured } = JSON.parse(stdout) as { measured: Record<"systemd" | "scripted", Record<string, unknown>> };
    const side = { outcome: "hand-over", counts: { mounts: 1, mappings: 1 } };
    expect(measured).toMatchObject({ differences: [], systemd: side, scripted: side });
    const inOrder = ["luks:root", "mount:/"].map((id) => ({ id, result: "done" }));
    const { systemd, scripted } = measured;
    expect(systemd["steps"]).toMatchObject([{ id: "shutdown:prepare", result: "done" }, ...inOrder]);
    expect(scripted["steps"]).toMatchObject([...inOrder, { id: "shutdown:prepare", result: "done" }]);
    for (const { handOver, stageTwo, memory } of [systemd, scripted]) {
      expect(Number(stageTwo)).toBeGreaterThan(Number(handOver));
      expect(Number(memory)).toBeGreaterThan(16 * 1024 ** 2);
    }
    expect(status).toBe(0);
  },
);

test.skipIf(trees["bookworm"] === undefined)(
  "a declaration is booted with the disks of the command line, and what the initrd hands over is compared",
  async () => {
    const found = findings();
    const [folder] = findScenarios([join(scenarios, "ext4")], found.report);
    const [scenario] = folder?.scenarios ?? [];
    if (folder === undefined || scenario === undefined) throw new Error("qemu-tests/ext4 is gone");
    const [disk] = await makeTrialDisks(
      [scenario],
      { ...trialWorld(scenarioTrees()), folder: folder.folder },
      found.report,
    );
    const home = mkdtempSync(join(tmpdir(), "unitrd-diff-boot-"));
    try {
      const machine = join(home, "machine.toml");
      writeFileSync(
        machine,
        '[filesystems."/"]\ndevice = "UUID=11111111-2222-4333-8444-555555555501"\ntype = "ext4"\n',
      );
      const from = ["--disk", disk?.path ?? "", "--sysroot", trees["bookworm"] ?? ""];
      const { status, stdout } = await unitrd(["diff", machine, "--boot", "--exit-code", "--json", ...from]);
      const side = {
        outcome: "hand-over",
        steps: [{ id: "mount:/", result: "done" }],
        counts: { mounts: 1, mappings: 0 },
      };
      expect(JSON.parse(stdout)).toMatchObject({ measured: { differences: [], systemd: side, scripted: side } });
      expect(status).toBe(0);
    } finally {
      rmSync(home, { recursive: true });
    }
  },
);
