import type { Requirement } from "../../plan/requirement.ts";
import type { Target } from "../../plan/step.ts";
import { execLine } from "./escape.ts";
import type { Assignment, Unit } from "./unit.ts";

/**
 * A unit that says one line on the console and in the journal. It takes `echo` from the sysroot, so that an image
 * without a shell can still explain itself.
 */
export function messageUnit(
  target: Target,
  message: {
    readonly name: string;
    readonly description: string;
    readonly text: string;
    readonly unit?: readonly Assignment[];
    readonly service?: readonly Assignment[];
    readonly wantedBy?: readonly string[];
  },
): Unit {
  return {
    name: message.name,
    place: "local",
    sections: [
      {
        name: "Unit",
        assignments: [["Description", message.description], ["DefaultDependencies", "no"], ...(message.unit ?? [])],
      },
      { name: "Service", assignments: [...sayAssignments(target, message.text), ...(message.service ?? [])] },
    ],
    ...(message.wantedBy === undefined ? {} : { wantedBy: message.wantedBy }),
  };
}

/** `[Service]` assignments that say a line. */
export function sayAssignments(target: Target, text: string): readonly Assignment[] {
  return [
    ["Type", "oneshot"],
    ["SyslogIdentifier", "unitrd"],
    ["StandardOutput", "journal+console"],
    ["ExecStart", execLine([target.programPath("echo"), text])],
  ];
}

export const messageTakes: readonly Requirement[] = [{ is: "program", name: "echo", why: "messages on the console" }];
