import { buildCommand } from "@stricli/core";
import type { Context } from "../context.ts";
import { directoryOrFile, jsonFlag, outputFlag } from "../parameters.ts";
import type { TestFlags } from "../run/test.ts";

const stageOnes = ["declared", "systemd", "scripted", "both"] as const;

export const testCommand = buildCommand<TestFlags, string[], Context>({
  loader: async () => (await import("../run/test.ts")).runTest,
  parameters: {
    flags: {
      "stage-one": {
        kind: "enum",
        values: stageOnes,
        default: "declared",
        brief: "Which stage one is built, whatever the declarations say",
      },
      sysroot: {
        kind: "parsed",
        parse: directoryOrFile,
        variadic: true,
        default: [],
        placeholder: "[NAME=]DIR",
        brief: "The tree that scenarios call NAME, or the one for all of them",
      },
      jobs: {
        kind: "parsed",
        parse: count,
        optional: true,
        placeholder: "N",
        brief: "Boots at once; default one for each processor",
      },
      repeat: { kind: "parsed", parse: count, default: "1", placeholder: "N", brief: "Run each so often" },
      shard: { kind: "parsed", parse: shard, optional: true, placeholder: "K/N", brief: "Run the Kth of N parts" },
      keep: {
        ...outputFlag,
        optional: true,
        placeholder: "DIR",
        brief: "Keep console and journal of every boot there, not only of those that failed",
      },
      junit: { ...outputFlag, optional: true, brief: "Write the results as JUnit XML" },
      html: { ...outputFlag, optional: true, brief: "Write a page with the results and the time line of each boot" },
      full: {
        kind: "boolean",
        default: false,
        brief: "Run the scenarios with `full = true` too",
        withNegated: false,
      },
      timeline: { kind: "boolean", default: false, brief: "Print the time line of each boot", withNegated: false },
      json: jsonFlag,
      new: {
        kind: "boolean",
        default: false,
        brief: "Write a first scenario.toml beside the machine.toml of a folder",
        withNegated: false,
      },
    },
    positional: {
      kind: "array",
      minimum: 1,
      parameter: {
        parse: directoryOrFile,
        placeholder: "folder",
        brief: "Folders with a scenario.toml, or with such folders below",
      },
    },
  },
  docs: {
    brief: "Boot scenarios in QEMU and see whether what must come true does",
    fullDescription: [
      "Runs every scenario below the folders: builds its image, makes its disks, boots it, and compares what the guest",
      "reports with what the scenario expects. docs/boot-testing.md tells what can stand in a scenario.",
      "",
      "  unitrd test qemu-tests/",
      "  unitrd test --new my-machine/            from my-machine/machine.toml",
      "  unitrd test my-machine/ --sysroot / --stage-one both --html report.html",
      "",
      "Exit status: 0 when all came true, 1 when something did not or could not be run, 2 for a wrong command line,",
      "130 when it was interrupted.",
    ].join("\n"),
  },
});

function count(text: string): number {
  if (!/^[1-9][0-9]{0,3}$/.test(text)) throw new Error(`${text} is no number from 1 to 9999`);
  return Number(text);
}

function shard(text: string): { part: number; of: number } {
  const [, part, of] = /^([1-9][0-9]{0,3})\/([1-9][0-9]{0,3})$/.exec(text) ?? [];
  if (part === undefined || of === undefined || Number(part) > Number(of)) {
    throw new Error(`${text} is no part such as 2/8`);
  }
  return { part: Number(part), of: Number(of) };
}
