import type { Requirement } from "../../plan/requirement.ts";
import type { Target } from "../../plan/step.ts";
import type { HeldSecret } from "../secrets-index.ts";
import { execLine } from "./escape.ts";
import { unitDirectory, unitText, type Assignment, type Section } from "./unit.ts";

const unitName = "unitrd-wipe-secrets.service";

/**
 * A unit that overwrites and deletes what only the initrd may know, as the last thing before the hand-over: systemd
 * deletes the initrd's files there too, but leaves what they held in memory until something else is put in its place.
 */
export function wipeTakes(held: readonly HeldSecret[], target: Target): readonly Requirement[] {
  const kept = held.filter(({ keepAs }) => keepAs !== undefined);
  const path = `${unitDirectory.local}/${unitName}`;
  return [
    { is: "program", name: "shred", why: "wiping of secrets" },
    ...(kept.length === 0
      ? []
      : ([{ is: "program", name: "cp", why: "secrets that are kept" }] satisfies Requirement[])),
    {
      is: "file",
      path,
      mode: 0o644,
      content: unitText({ sections: sections(held, kept, target) }, ["Written by unitrd."]),
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
      // A secret that was not made, because its step was left out, is none that has to go.
      const words = [target.programPath("shred"), "--force", "--iterations=0", "--zero", "--remove=unlink", "--", path];
      return ["ExecStart", `-${execLine(words)}`];
    }),
  ];
  return [
    {
      name: "Unit",
      assignments: [
        ["Description", "Wiping of the secrets of the initrd"],
        ["DefaultDependencies", "no"],
        ["After", "initrd-switch-root.target"],
        ["Before", "initrd-switch-root.service"],
      ],
    },
    { name: "Service", assignments: service },
  ];
}
