import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseToml } from "../config/parse.ts";
import { findings } from "../diagnostics/diagnostic.ts";
import { readScenarios } from "../scenario/scenario.ts";
import type { BootOptions, BootResult } from "../vm/boot.ts";
import { type BootMaterials, runBoots } from "./run-boots.ts";
import type { TrialOptions } from "./trial-options.ts";

const { boot } = vi.hoisted(() => ({ boot: vi.fn<(options: BootOptions) => Promise<BootResult>>() }));
vi.mock(import("../vm/boot.ts"), () => ({ boot }));

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "unitrd-run-boots-"))));
afterEach(() => {
  boot.mockReset();
  rmSync(directory, { recursive: true });
});

describe("runBoots", () => {
  it("runs all boots once more on fresh disks when QEMU itself dies, and says so", async () => {
    ends("hand-over", "qemu-died", "hand-over", "hand-over");
    const { run, codes } = await ran();
    expect(run).toMatchObject({ retried: true, boots: [{}, {}] });
    expect(codes).toEqual(["U680"]);
    const states = boot.mock.calls.map(([{ tpmState }]) => tpmState);
    expect(states).toEqual(
      ["disks", "disks", "disks-again", "disks-again"].map((name) => join(directory, name, "tpm")),
    );
  });

  it("does not try a third time", async () => {
    ends("qemu-died", "qemu-died");
    const { run } = await ran();
    expect(run?.boots.map(({ result }) => result.outcome.is)).toEqual(["qemu-died"]);
    expect(boot).toHaveBeenCalledTimes(2);
  });

  it("ends with the first boot that went wrong, and calls no failed boot QEMU's death", async () => {
    ends("panic");
    const { run, codes } = await ran();
    expect(run).toMatchObject({ retried: false, boots: [{ wanted: { name: "the first boot" } }] });
    expect(codes).toEqual([]);
  });
});

function ends(...outcomes: readonly BootResult["outcome"]["is"][]): void {
  for (const is of outcomes) boot.mockResolvedValueOnce({ outcome: { is, because: is } } as BootResult);
}

async function ran() {
  const document = parseToml("scenario.toml", "tpm = true\n[[then]]\n", () => undefined);
  const [scenario] = document === undefined ? [] : readScenarios(document, "box", () => undefined);
  if (scenario === undefined) throw new Error("no scenario");
  const found = findings();
  const materials = { kernel: {}, disks: [], directory } as unknown as BootMaterials;
  const run = await runBoots(
    scenario,
    {} as TrialOptions,
    materials,
    ({ result }) => Promise.resolve(result.outcome.is === "hand-over"),
    found.report,
  );
  return { run, codes: found.all.map(({ code }) => code) };
}
