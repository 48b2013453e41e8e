import type { Requirement } from "../../plan/requirement.ts";
import type { DeviceName, Resource } from "../../plan/resource.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { execLine, escapeUnitName, literal } from "../../stage-one/systemd/escape.ts";
import type { Unit } from "../../stage-one/systemd/unit.ts";
import type { Input } from "../feature.ts";
import type { OrderedHook } from "./declared.ts";
import { readHook, type HookFile } from "./hook-file.ts";

/** A script with a place in the plan: a unit for systemd, a call in the script. */
export function orderedStep(name: string, declared: OrderedHook, input: Input): BootStep[] {
  const origin = input.originOf(name);
  const hook = readHook(declared.source, `/etc/unitrd/hooks/named/${name}`, input.originOf(name, "source"), input);
  if (!isSound(name, declared, input) || hook === undefined) return [];
  const id = `hook:${name}` as const;
  const takes = hookTakes(name, declared, hook);
  const shell: Requirement = { is: "program", name: "sh", why: `the interpreter of hooks.${name}` };
  return [
    {
      id,
      title: `run ${declared.source}`,
      origin,
      needs: [],
      provides: declared.makes.map((path): Resource => ({ is: "device", names: [deviceName(path)] })),
      before: declared.before.map((step, index) => ({
        is: "step",
        id: step,
        origin: input.originOf(name, "before", index),
      })),
      after: declared.after.map((step, index) => ({
        is: "step",
        id: step,
        origin: input.originOf(name, "after", index),
      })),
      takes: [],
      overrides: [],
      onFailure: declared.nofail ? "go-on" : "stop",
      facts: { source: declared.source, before: declared.before.join(","), after: declared.after.join(",") },
      render: {
        systemd: () => {
          const unit = hookUnit(name, declared, hook.file.path);
          return {
            can: true,
            rendering: {
              units: [unit],
              done: unit.name,
              gates: [unit.name],
              mustSucceed: !declared.nofail,
              takes: hook.wantsShell ? [...takes, shell] : takes,
            },
          };
        },
        scripted: () => ({ can: true, rendering: { parts: [], call: ["run_hook", id, hook.file.path], takes } }),
      },
    },
  ];
}

function deviceName(path: string): DeviceName {
  return `/dev/${path.slice("/dev/".length)}`;
}

function isSound(name: string, declared: OrderedHook, input: Input): boolean {
  const foreign = declared.makes.findIndex((path) => !path.startsWith("/dev/"));
  if (foreign !== -1) {
    input.report({
      code: "U126",
      severity: "error",
      message: `hooks.${name} makes ${declared.makes[foreign] ?? ""}, and a device has a path below /dev`,
      at: [input.originOf(name, "makes", foreign)],
    });
  }
  const hasPlace = declared.before.length > 0 || declared.after.length > 0;
  if (!hasPlace) {
    input.report({
      code: "U125",
      severity: "error",
      message: `hooks.${name} has no place in the plan`,
      hint: 'say before or after which steps it runs: before = ["mount:/"]',
      at: [input.originOf(name)],
    });
  }
  return hasPlace && foreign === -1;
}

function hookTakes(name: string, { programs }: OrderedHook, { file, interpreters }: HookFile): readonly Requirement[] {
  return [
    file,
    ...interpreters.map((program): Requirement => ({
      is: "program",
      name: program,
      why: `the interpreter of hooks.${name}`,
    })),
    ...programs.map((program): Requirement => ({ is: "program", name: program, why: `called by hooks.${name}` })),
  ];
}

function hookUnit(name: string, declared: OrderedHook, path: string): Unit {
  return {
    name: `unitrd-hook-${escapeUnitName(name)}.service`,
    place: "local",
    ...(declared.nofail ? { wantedBy: ["initrd.target"] } : { requiredBy: ["initrd.target"] }),
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", literal(`Hook ${name} of the declaration`)],
          ["DefaultDependencies", "no"],
          // What requires it, a mount say, would end with it at the isolation before the hand-over.
          ["IgnoreOnIsolate", "yes"],
          // As in the script: declared modules are loaded, and what it says is kept.
          ["After", "systemd-journald.service systemd-modules-load.service"],
          ["Before", "initrd.target shutdown.target"],
          ["Conflicts", "shutdown.target"],
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          ["RemainAfterExit", "yes"],
          ["TimeoutSec", "infinity"],
          ["Environment", `"UNITRD_STEP=hook:${literal(name).replace(/[\\"]/g, "\\$&")}" UNITRD_ROOT=/sysroot`],
          ["StandardOutput", "journal+console"],
          ["ExecStart", execLine([path])],
        ],
      },
    ],
  };
}
