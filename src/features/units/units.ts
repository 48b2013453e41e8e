import * as z from "zod";
import { namedTables, relativeOrSysrootPath, setOf, table, text } from "../../config/schema.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import type { Unit } from "../../stage-one/systemd/unit.ts";
import { parseUnit, programsOf, valuesOf, type ParsedUnit } from "../../stage-one/systemd/unit-file.ts";
import { defineFeature, type Input } from "../feature.ts";

const unitName = text((name) =>
  /^[A-Za-z0-9:_.\\@-]{1,255}$/.test(name) && unitTypes.some((type) => name.endsWith(`.${type}`))
    ? undefined
    : `the name of a unit has letters, digits and :-_.\\@, and ends in ${unitTypes.map((type) => `.${type}`).join(", ")}`,
);
const unitTypes = [
  "service",
  "socket",
  "target",
  "mount",
  "automount",
  "swap",
  "timer",
  "path",
  "slice",
  "device",
] as const;

const unit = table({
  text: z.string().optional().meta({ description: "The unit, as in systemd.unit(5). Replaces one of the same name." }),
  source: relativeOrSysrootPath.optional().meta({ description: "A file that holds the unit, instead of `text`." }),
  shipped: z
    .boolean()
    .default(false)
    .meta({ description: "Take the unit that the sysroot's systemd ships, with the programs it starts." }),
  "leave-out": z
    .boolean()
    .default(false)
    .meta({ description: "Keep a unit of the sysroot's systemd out of the image." }),
  "drop-in": z.string().optional().meta({ description: "Assignments that change an existing unit." }),
  "wanted-by": setOf(unitName)
    .default([])
    .meta({ description: "Units that pull it in.", example: ["initrd.target"] }),
  "required-by": setOf(unitName).default([]).meta({ description: "Units that fail without it." }),
});
type DeclaredUnit = z.output<typeof unit>;

/** `[units."NAME"]`: units added, changed, or left out. */
export const units = defineFeature({
  schema: namedTables(unitName, unit)
    .prefault({})
    .meta({ description: "A unit of one's own, a shipped one that is taken, changed, or left out.", keyName: "UNIT" }),
  contribute(value, input) {
    return { steps: Object.entries(value).flatMap(([name, declared]) => unitStep(name, declared, input)) };
  },
});

function unitStep(name: string, declared: DeclaredUnit, input: Input): BootStep[] {
  const origin = input.originOf(name);
  const body = declared.source === undefined ? declared.text : sourceText(declared.source, name, input);
  const what = [
    declared.text !== undefined,
    declared.source !== undefined,
    declared.shipped,
    declared["leave-out"],
  ].filter(Boolean).length;
  if (what > 1 || (what === 0 && declared["drop-in"] === undefined)) {
    input.report({
      code: "U130",
      severity: "error",
      message: `${origin.path} says ${what === 0 ? "nothing of what becomes of the unit" : "two things at once"}`,
      hint: "use one of `text`, `source`, `shipped` and `leave-out`, or a `drop-in`",
      at: [origin],
    });
    return [];
  }
  if (declared["leave-out"] && saysMore(declared)) {
    input.report({
      code: "U130",
      severity: "error",
      message: `${origin.path} leaves the unit out, and yet says more of it`,
      hint: "take the other keys out, or `leave-out`",
      at: [origin],
    });
  }
  if (body !== undefined) checkText(name, body, declared.source === undefined ? "text" : "source", input);
  if (declared["drop-in"] !== undefined) checkText(name, declared["drop-in"], "drop-in", input);
  return [
    {
      id: `unit:${name}`,
      title: declared["leave-out"] ? `leave out ${name}` : name,
      origin,
      needs: [],
      provides: [],
      takes: [],
      overrides: [],
      onFailure: "go-on",
      facts: { unit: name, ...(declared["leave-out"] ? { "left out": true } : {}) },
      render: {
        systemd: () => ({
          can: true,
          rendering: {
            units: ownUnits(name, body, declared),
            done: name,
            gates: [],
            takes: [...unitTakes(name, declared), ...startedBy(name, [body, declared["drop-in"]])],
          },
        }),
        scripted: () =>
          declared["leave-out"]
            ? { can: true, rendering: { parts: [], takes: [] } }
            : { can: false, because: "a unit needs systemd as PID 1" },
      },
    },
  ];
}

function saysMore(declared: DeclaredUnit): boolean {
  return declared["drop-in"] !== undefined || declared["wanted-by"].length > 0 || declared["required-by"].length > 0;
}

function sourceText(source: string, name: string, input: Input): string | undefined {
  const bytes = input.readFile(source, input.originOf(name, "source"));
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

function checkText(name: string, body: string, key: string, input: Input): void {
  const { assignments } = parseUnit(body);
  if (assignments.some((assignment) => assignment.section === "Install")) {
    input.report({
      code: "U132",
      severity: "warning",
      message: `the [Install] section of ${name} has no effect`,
      hint: 'an initrd enables no units: say wanted-by = ["…"] beside the text',
      at: [input.originOf(name, key)],
    });
  }
  if (assignments.some((assignment) => assignment.section !== "")) return;
  input.report({
    code: "U131",
    severity: "error",
    message: `the text of ${name} has no assignment in a section`,
    hint: "a unit has sections such as [Unit] and [Service] with KEY=VALUE lines, systemd.syntax(7)",
    at: [input.originOf(name, key)],
  });
}

function ownUnits(name: string, body: string | undefined, declared: DeclaredUnit): readonly Unit[] {
  if (body === undefined) return [];
  return [
    {
      name,
      place: "local",
      sections: [],
      text: body,
      wantedBy: declared["wanted-by"],
      requiredBy: declared["required-by"],
    },
  ];
}

/** The programs and accounts that the unit of a person starts with. */
function startedBy(name: string, texts: readonly (string | undefined)[]): readonly Requirement[] {
  return texts.flatMap((text): readonly Requirement[] => {
    if (text === undefined) return [];
    const unit = parseUnit(text);
    return [
      ...programsOf(unit).map(({ program, mayFail }): Requirement => ({
        is: "program",
        name: program,
        optional: mayFail,
        why: `unit ${name}`,
      })),
      ...namesOf(unit, "User").map((user): Requirement => ({ is: "user", name: user, why: `unit ${name}` })),
      ...[...namesOf(unit, "Group"), ...namesOf(unit, "SupplementaryGroups")].map((group): Requirement => ({
        is: "group",
        name: group,
        why: `unit ${name}`,
      })),
    ];
  });
}

/** Names of accounts that passwd(5) or group(5) must know; root is always there, and a number needs no entry. */
function namesOf(unit: ParsedUnit, key: string): readonly string[] {
  return valuesOf(unit, "Service", key)
    .flatMap((value) => value.split(/\s+/))
    .filter((name) => /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) && name !== "root");
}

function unitTakes(name: string, declared: DeclaredUnit): readonly Requirement[] {
  const taken: Requirement[] = [];
  if (declared.shipped) taken.push({ is: "unit", name, why: `unit ${name}` });
  if (declared["leave-out"]) taken.push({ is: "no-unit", name, why: `${name} is left out` });
  if (declared["drop-in"] !== undefined) {
    taken.push({
      is: "file",
      path: `/etc/systemd/system/${name}.d/60-declared.conf`,
      mode: 0o644,
      content: declared["drop-in"],
      why: `drop-in of ${name}`,
    });
  }
  if (declared.text === undefined && declared.source === undefined) {
    for (const kind of ["wanted-by", "required-by"] as const) {
      for (const by of declared[kind]) {
        taken.push({
          is: "symlink",
          path: `/etc/systemd/system/${by}.${kind === "wanted-by" ? "wants" : "requires"}/${name}`,
          target: `/usr/lib/systemd/system/${name}`,
          why: `${by} pulls in ${name}`,
        });
      }
    }
  }
  return taken;
}
