import { shortOrigin, type Origin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Target } from "../../plan/step.ts";
import { execLine, literal, mountUnit } from "../../stage-one/systemd/escape.ts";
import { messageUnit } from "../../stage-one/systemd/message.ts";
import type { Assignment, Unit } from "../../stage-one/systemd/unit.ts";
import type { DeclaredFilesystem } from "./declared.ts";
import { nameOfPath, placeInInitrd } from "./place.ts";

/** Where an overlay is written to, in the initrd; nothing for one that is only read. */
export interface Writable {
  /** The tmpfs that holds both directories, when they are in memory. */
  readonly memory?: string;
  readonly upper: string;
  readonly work: string;
  /** Whether the directories may be made. */
  readonly make: boolean;
}

export function writableOf(path: string, declared: DeclaredFilesystem): Writable | undefined {
  const { upper, work } = declared;
  if (upper !== undefined) {
    const beside = work ?? `${upper}.work`;
    return { upper: placeInInitrd(upper), work: placeInInitrd(beside), make: declared["make-directories"] };
  }
  if (declared.options.includes("ro")) return undefined;
  const memory = `/run/unitrd/overlay/${nameOfPath(path)}`;
  return { memory, upper: `${memory}/upper`, work: `${memory}/work`, make: true };
}

/** In the words of Documentation/filesystems/overlayfs.rst. */
export function overlayOptions(path: string, declared: DeclaredFilesystem): readonly string[] {
  const writable = writableOf(path, declared);
  return [
    `lowerdir=${(declared.lower ?? []).map(placeInInitrd).join(":")}`,
    ...(writable === undefined ? [] : [`upperdir=${writable.upper}`, `workdir=${writable.work}`]),
  ];
}

/** What makes the directories of an overlay, or looks for them, before it is mounted. */
export function overlayUnits(
  name: string,
  writable: Writable,
  origin: Origin,
  target: Target,
): { readonly prepare: string; readonly gates: readonly string[]; readonly units: readonly Unit[] } {
  const prepare = `unitrd-overlay-${name}.service`;
  const absent = `unitrd-overlay-absent-${name}.service`;
  const { memory, upper, work } = writable;
  const words = writable.make
    ? [[target.programPath("mkdir"), "-p", "-m", "0755", upper, work]]
    : [upper, work].map((directory) => [target.programPath("test"), "-d", directory]);
  const units: Unit[] = [
    {
      name: prepare,
      place: "local",
      sections: [
        {
          name: "Unit",
          assignments: [
            ["Description", literal(`Directories for what is written over ${name}`)],
            ["DefaultDependencies", "no"],
            // The isolation before the hand-over would stop it, and with it the mount that requires it.
            ["IgnoreOnIsolate", "yes"],
            ...(memory === undefined ? [] : ([["RequiresMountsFor", literal(memory)]] satisfies Assignment[])),
            ...(writable.make ? [] : ([["OnFailure", absent]] satisfies Assignment[])),
          ],
        },
        {
          name: "Service",
          assignments: [
            ["Type", "oneshot"],
            ["RemainAfterExit", "yes"],
            ...words.map((line): Assignment => ["ExecStart", execLine(line)]),
          ],
        },
      ],
    },
  ];
  if (memory !== undefined) units.push(memoryUnit(memory));
  if (!writable.make) units.push(absentUnit(absent, writable, origin, target));
  return { prepare, gates: [prepare, ...(memory === undefined ? [] : [mountUnit(memory)])], units };
}

function memoryUnit(memory: string): Unit {
  return {
    name: mountUnit(memory),
    place: "local",
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", literal(`Memory for what is written (${memory})`)],
          ["DefaultDependencies", "no"],
          ["Conflicts", "umount.target"],
          ["Before", "umount.target"],
        ],
      },
      {
        name: "Mount",
        assignments: [
          ["What", "tmpfs"],
          ["Where", literal(memory)],
          ["Type", "tmpfs"],
          ["Options", "mode=0700"],
        ],
      },
    ],
  };
}

function absentUnit(name: string, { upper, work }: Writable, origin: Origin, target: Target): Unit {
  return messageUnit(target, {
    name,
    description: "Message about the directories of an overlay",
    text: `${upper} and ${work} have to be there, and are not; make-directories = true makes them: ${shortOrigin(origin)}`,
  });
}

export function overlayTakes(writable: Writable | undefined): readonly Requirement[] {
  if (writable === undefined) return [];
  return [{ is: "program", name: writable.make ? "mkdir" : "test", why: "directories of an overlay" }];
}
