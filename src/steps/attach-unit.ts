import { execLine } from "../stage-one/systemd/escape.ts";
import type { Unit } from "../stage-one/systemd/unit.ts";

/** A unit that runs a program once, which leaves a block device of the network behind in the kernel. */
export interface Attachment {
  readonly name: string;
  readonly description: string;
  /** Words of the program. */
  readonly start: readonly string[];
  /** Says on the console that it failed. */
  readonly failure: string;
  /** Drivers that the program needs, and that no device asks for. */
  readonly modules: readonly string[];
}

export function attachUnit({ name, description, start, failure, modules }: Attachment): Unit {
  const drivers = modules.map((module) => `modprobe@${module}.service`).join(" ");
  return {
    name,
    place: "local",
    wantedBy: ["initrd.target"],
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", description],
          ["DefaultDependencies", "no"],
          ["IgnoreOnIsolate", "yes"],
          ["Conflicts", "shutdown.target"],
          ["Before", "shutdown.target"],
          ["Wants", drivers],
          ["After", drivers],
          ["OnFailure", failure],
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          ["RemainAfterExit", "yes"],
          // A server that does not answer is given up, and the boot with it.
          ["TimeoutStartSec", "60"],
          ["ExecStart", execLine([...start])],
        ],
      },
    ],
  };
}
