import type { Requirement } from "../../plan/requirement.ts";
import type { Target } from "../../plan/step.ts";
import type { HeldSecret } from "../secrets-index.ts";
import { execLine } from "./escape.ts";
import { unitDirectory, unitText, type Assignment, type Section, type Unit } from "./unit.ts";

const unitName = "unitrd-wipe-secrets.service";

/** The id under which both stage ones tell when they wiped the secrets; it is no step of the plan, but its end. */
export const secretsStep = "secrets:wipe";

/**
 * A unit that overwrites and deletes what only the initrd may know, as the last thing before the hand-over: systemd
 * deletes the initrd's files there too, but leaves what they held in memory until something else is put in its place.
 */
export function wipeUnit(held: readonly HeldSecret[], target: Target): Unit {
  const kept = held.filter(({ keepAs }) => keepAs !== undefined);
  return {
    name: unitName,
    place: "local",
    wantedBy: ["initrd-switch-root.target"],
    sections: sections(held, kept, target),
  };
}

/** What such a unit needs in the image, itself included. */
export function wipeTakes(unit: Unit, held: readonly HeldSecret[]): readonly Requirement[] {
  const keeps = held.some(({ keepAs }) => keepAs !== undefined);
  const path = `${unitDirectory.local}/${unitName}`;
  return [
    { is: "program", name: "shred", why: "wiping of secrets" },
    ...(keeps ? ([{ is: "program", name: "cp", why: "secrets that are kept" }] satisfies Requirement[]) : []),
    {
      is: "file",
      path,
      mode: 0o644,
      content: unitText(unit, ["Written by unitrd."]),
      why: `unit ${unitName}`,
    },
    {
      is: "symlink",
      path: `${unitDirectory.local}/initrd-switch-root.target.wants/${unitName}`,
      target: path,
      why: `initrd-switch-root.target pulls in ${unitName}`,
    },
  ];
}

function sections(held: readonly HeldSecret[], kept: readonly HeldSecret[], target: Target): readonly Section[] {
  const service: Assignment[] = [
    ["Type", "oneshot"],
    ["UMask", "0077"],
    ...(kept.length === 0
      ? []
      : ([
          ["RuntimeDirectory", "unitrd/secrets"],
          ["RuntimeDirectoryMode", "0700"],
          ["RuntimeDirectoryPreserve", "yes"],
        ] satisfies Assignment[])),
    ...kept.map(({ path, keepAs = "" }): Assignment => {
      return ["ExecStart", execLine([target.programPath("cp"), "--", path, `/run/unitrd/secrets/${keepAs}`])];
    }),
    ...held.map(({ path }): Assignment => {
      const words = [target.programPath("shred"), "--force", "--iterations=0", "--zero", "--remove=unlink", "--", path];
      return ["ExecStart", execLine(words)];
    }),
  ];
  return [
    {
      name: "Unit",
      assignments: [
        ["Description", "Wiping of the secrets of the initrd"],
        ["X-Unitrd-Step", secretsStep],
        ["DefaultDependencies", "no"],
        ["After", "initrd-switch-root.target"],
        ["Before", "initrd-switch-root.service"],
      ],
    },
    { name: "Service", assignments: service },
  ];
}
