import * as z from "zod";
import type { Document } from "../config/parse.ts";
import type { Origin, Report } from "../diagnostics/diagnostic.ts";
import { diskSchema } from "./disks/layout.ts";
import { layoutMistakes } from "./disks/mistakes.ts";
import { arraySchema, poolSchema, volumeGroupSchema, type Layout } from "./disks/spanning.ts";
import { size } from "./disks/size.ts";
import { duration, type Expectation } from "./expectation.ts";
import { type Mistake, mistakesIn } from "./mistake.ts";
import { clientSchema, networkMistakes, nicSchema } from "./network.ts";
import { expectationsOf, expectationsSchema, stageOneKinds, type StageOneKind } from "./per-stage-one.ts";
import { mergeVariant } from "./variants.ts";

const fileName = z
  .string()
  .regex(
    /^(?!\.\.?(\/|$))[^/\p{Cc}]+(\/(?!\.\.?(\/|$))[^/\p{Cc}]+)*$/u,
    "a path here stays below the scenario's folder",
  );

const typing = z.strictObject({
  when: z.string().min(1).meta({ description: "What the console shows before" }),
  at: z
    .enum(["console", "keyboard"])
    .default("console")
    .meta({ description: "`keyboard`: by the keys of a US keyboard, with a screen; for keymaps" }),
  text: z.string().meta({ description: "What is typed, without the final Enter" }),
  after: duration.optional().meta({ description: "How long the person takes" }),
});

const worldShape = {
  description: z.string().optional(),
  machine: fileName.default("machine.toml").meta({ description: "The declaration that is built" }),
  override: z.record(z.string(), z.unknown()).optional().meta({ description: "A declaration merged over it" }),
  "stage-one": z
    .array(z.enum(stageOneKinds))
    .min(1)
    .default(["systemd", "scripted"])
    .meta({ description: "The stage ones that it holds for, when it is run with another than the declared one" }),
  full: z
    .boolean()
    .default(false)
    .meta({ description: "Runs only where every scenario is wanted: `unitrd test --full`, `./scripts/test --full`" }),
  sysroot: z.string().min(1).default("trixie").meta({ description: "`bookworm`, `trixie`, or a directory" }),
  kernel: z
    .string()
    .regex(/^[0-9A-Za-z][0-9A-Za-z.+~_-]*$/, "a kernel is cloud, generic, newest or a version")
    .optional()
    .meta({
      description:
        "`cloud` or `generic` (Debian's flavours), `newest`, or a version; default `cloud`, of a directory `newest`",
    }),
  vm: z
    .strictObject({
      memory: size.default("512M"),
      cpus: z.int().min(1).max(16).default(1),
      type: z.enum(["pc", "q35", "microvm"]).default("q35"),
    })
    .prefault({}),
  append: z.string().default("").meta({ description: "More words for the kernel command line" }),
  until: z
    .enum(["decided", "power-off"])
    .default("decided")
    .meta({ description: "`power-off`: watch on after the end until the machine goes off or the limit" }),
  limit: duration.prefault("120s").meta({ description: "After so long the boot counts as stuck" }),
  disk: z.array(diskSchema).default([]),
  array: z.array(arraySchema).default([]).meta({ description: "md arrays over several members" }),
  "volume-group": z.array(volumeGroupSchema).default([]).meta({ description: "Volume groups of LVM" }),
  pool: z.array(poolSchema).default([]).meta({ description: "btrfs over several members" }),
  missing: z.array(z.string()).default([]).meta({ description: "Names of disks that are not attached" }),
  nic: z.array(nicSchema).max(8).default([]).meta({ description: "Network cards" }),
  type: z.array(typing).default([]),
  client: z.array(clientSchema).default([]).meta({ description: "Programs of this machine that talk to the guest" }),
  files: z.record(fileName, z.string()).default({}).meta({
    description: "Files written beside the declaration before the build; key files of disks are there anyway",
  }),
  expect: expectationsSchema.prefault({}),
};

/** One scenario, without variants. */
const scenarioTable = z.strictObject(worldShape);

/** The whole of scenario.toml: for its JSON Schema (`io: "input"`), and for what no variant can hold. */
export const scenarioSchema = z.strictObject({
  ...worldShape,
  "only-variants": z
    .boolean()
    .default(false)
    .meta({ description: "What stands outside of variants is no test itself" }),
  variant: z
    .record(
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "a variant's name is one plain word"),
      z.record(z.string(), z.unknown()),
    )
    .default({})
    .meta({ description: "Each is the scenario with some of its values replaced" }),
});

export interface Scenario extends Omit<z.infer<typeof scenarioTable>, keyof Layout>, Layout {
  /** "luks", or "luks/wrong-then-right" for a variant. */
  readonly name: string;
  /** What is expected of a stage one of which something is expected otherwise than of both. */
  readonly expectations: Readonly<Partial<Record<StageOneKind, Expectation>>>;
  /** Where a value of it is written: in its variant, or else in what all share. */
  locate(path: readonly (string | number)[]): Origin;
}

/**
 * The scenarios of a scenario.toml, one for itself and one for each variant; `name` is that of its folder. Reports
 * every mistake at its line and leaves out the scenarios that have one.
 */
export function readScenarios(document: Document, name: string, report: Report): readonly Scenario[] {
  const { variant, "only-variants": onlyVariants, ...base } = document.value;
  const reported = new Set<string>();
  const reportOnce: Report = (diagnostic) => {
    const id = JSON.stringify([diagnostic.code, diagnostic.message, diagnostic.at]);
    if (reported.has(id)) return;
    reported.add(id);
    report(diagnostic);
  };
  const frame = scenarioSchema.pick({ "only-variants": true, variant: true }).safeParse({
    ...(variant === undefined ? {} : { variant }),
    ...(onlyVariants === undefined ? {} : { "only-variants": onlyVariants }),
  });
  const shared: Locate = { value: (path) => document.locate(path), key: (path) => document.locateKey(path) };
  if (!frame.success) {
    tell(mistakesIn(frame.error), shared, reportOnce);
    return [];
  }
  const variants = Object.entries(frame.data.variant).map(([own, changes]) =>
    readOne(`${name}/${own}`, mergeVariant(base, changes), inVariant(document, own), reportOnce),
  );
  const itself = frame.data["only-variants"] ? [] : [readOne(name, base, shared, reportOnce)];
  return [...itself, ...variants].filter((scenario) => scenario !== undefined);
}

interface Locate {
  value(path: readonly (string | number)[]): Origin;
  key(path: readonly (string | number)[]): Origin;
}

function inVariant(document: Document, name: string): Locate {
  const either = (locate: (path: readonly (string | number)[]) => Origin) => (path: readonly (string | number)[]) => {
    const own = locate(["variant", name, ...path]);
    return own.isDefault ? locate(path) : own;
  };
  return { value: either((path) => document.locate(path)), key: either((path) => document.locateKey(path)) };
}

function readOne(name: string, value: unknown, locate: Locate, report: Report): Scenario | undefined {
  const parsed = scenarioTable.safeParse(value);
  if (!parsed.success) {
    tell(mistakesIn(parsed.error), locate, report);
    return undefined;
  }
  const { expectations, mistakes: ofOne } = expectationsOf(isTable(value) ? value["expect"] : undefined);
  const mistakes = [...ofOne, ...contradictions(parsed.data)];
  tell(mistakes, locate, report);
  if (mistakes.length > 0) return undefined;
  return { ...parsed.data, name, expectations, locate: (path) => locate.value(path) };
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** The scenario as it is for one stage one: with what is expected of that. */
export function forStageOne(scenario: Scenario, kind: StageOneKind): Scenario {
  const own = scenario.expectations[kind];
  if (own === undefined) return scenario;
  return {
    ...scenario,
    expect: own,
    locate: ([first, ...rest]) => {
      const origin = first === "expect" ? scenario.locate(["expect", kind, ...rest]) : undefined;
      return origin === undefined || origin.isDefault ? scenario.locate([first ?? "", ...rest]) : origin;
    },
  };
}

function tell(mistakes: readonly Mistake[], locate: Locate, report: Report): void {
  for (const { code, message, hint, path, ofKey } of mistakes) {
    const at = [ofKey === true ? locate.key(path) : locate.value(path)];
    report({ code, severity: "error", message, ...(hint === undefined ? {} : { hint }), at });
  }
}

/** What is wrong between values that are each right. */
function contradictions(scenario: z.infer<typeof scenarioTable>): readonly Mistake[] {
  const mistakes: Mistake[] = [
    ...layoutMistakes(scenario),
    ...networkMistakes(scenario.nic, scenario.client, scenario.vm.type),
  ];
  scenario.missing.forEach((name, index) => {
    if (scenario.disk.some((disk) => disk.name === name)) return;
    const hint = `the disks are ${scenario.disk.map((disk) => disk.name).join(", ")}`;
    mistakes.push({ code: "U672", message: `there is no disk ${name} to be missing`, hint, path: ["missing", index] });
  });
  scenario.expect.wait?.forEach((wait, index) => {
    const [least, most] = [wait["at-least"], wait["at-most"]];
    if (least === undefined && most === undefined) {
      const message = "a wait needs `at-least`, `at-most`, or both";
      mistakes.push({ code: "U673", message, path: ["expect", "wait", index] });
    } else if (least !== undefined && most !== undefined && least > most) {
      const message = "no time is at least the one and at most the other";
      mistakes.push({ code: "U673", message, path: ["expect", "wait", index] });
    }
  });
  for (const kind of ["before", "overlap"] as const) {
    scenario.expect[kind]?.forEach(([first, second], index) => {
      if (first !== second) return;
      mistakes.push({ code: "U674", message: `${first} is compared with itself`, path: ["expect", kind, index] });
    });
  }
  return mistakes;
}
