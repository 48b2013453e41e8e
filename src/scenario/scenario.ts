import * as z from "zod";
import type { Document } from "../config/parse.ts";
import type { Origin, Report } from "../diagnostics/diagnostic.ts";
import { diskSchema } from "./disks/layout.ts";
import { layoutMistakes } from "./disks/mistakes.ts";
import { arraySchema, poolSchema, volumeGroupSchema, type Layout } from "./disks/spanning.ts";
import { payloadShape } from "./disks/payload.ts";
import { size } from "./disks/size.ts";
import { type BootWanted, bootsOf, firstBootShape, thenSchema } from "./boot.ts";
import { credentialMistakes, credentialsSchema } from "./credential.ts";
import { expectationMistakes } from "./expectation-mistakes.ts";
import { faultMistakes } from "./fault.ts";
import { type Mistake, mistakesIn } from "./mistake.ts";
import { clientMistakes, nicMistakes, nicSchema } from "./network.ts";
import { expectationsOf, type OwnExpectations, stageOneKinds, type StageOneKind } from "./per-stage-one.ts";
import { mergeVariant } from "./variants.ts";

const fileName = z
  .string()
  .regex(
    /^(?!\.\.?(\/|$))[^/\p{Cc}]+(\/(?!\.\.?(\/|$))[^/\p{Cc}]+)*$/u,
    "a path here stays below the scenario's folder",
  );

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
      firmware: z.enum(["bios", "uefi"]).default("bios").meta({ description: "`uefi`: OVMF, with its variables kept" }),
    })
    .prefault({}),
  until: z
    .enum(["decided", "power-off"])
    .default("decided")
    .meta({ description: "`power-off`: watch on after the end until the machine goes off or the limit" }),
  disk: z.array(diskSchema).default([]),
  array: z.array(arraySchema).default([]).meta({ description: "md arrays over several members" }),
  "volume-group": z.array(volumeGroupSchema).default([]).meta({ description: "Volume groups of LVM" }),
  pool: z.array(poolSchema).default([]).meta({ description: "btrfs over several members" }),
  share: z
    .array(
      z
        .strictObject({
          tag: z
            .string()
            .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,30}$/, "a tag has letters, digits, dot, dash and underscore"),
          by: z.enum(["9p", "virtiofs"]).default("9p"),
          "read-only": z.boolean().default(false).meta({ description: "Only with 9p" }),
          ...payloadShape,
        })
        .refine((share) => share.by === "9p" || !share["read-only"], "virtiofsd(1) of QEMU 7 shares nothing read-only"),
    )
    .default([])
    .meta({ description: "Directories of this machine that the guest sees" }),
  nic: z.array(nicSchema).max(8).default([]).meta({ description: "Network cards" }),
  files: z.record(fileName, z.string()).default({}).meta({
    description: "Files written beside the declaration before the build; key files of disks are there anyway",
  }),
  tpm: z.boolean().default(false).meta({ description: "A TPM 2.0, the same for all boots" }),
  credentials: credentialsSchema.default({}).meta({ description: "Credentials that the machine is handed" }),
  ...firstBootShape,
  then: z.array(thenSchema).max(16).default([]).meta({ description: "Further boots on the same disks" }),
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
  /** Of each boot in turn, what is expected otherwise of one of the stage ones. */
  readonly expectations: readonly OwnExpectations[];
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
  const own = bootTables(value).map(({ path, expect }) => ({ path, ...expectationsOf(expect) }));
  const ofOne = own.flatMap(({ path, mistakes }) => mistakes.map((one) => ({ ...one, path: [...path, ...one.path] })));
  const expectations = own.map((one) => one.expectations);
  const scenario: Scenario = { ...parsed.data, name, expectations, locate: (path) => locate.value(path) };
  const mistakes = [...ofOne, ...contradictions(parsed.data)];
  tell(mistakes, locate, report);
  const isRight = stageOneKinds.map((kind) => agreesFor(forStageOne(scenario, kind), report));
  return mistakes.length > 0 || isRight.includes(false) ? undefined : scenario;
}

/** Whether the values of the boots agree; also what is expected of one stage one only. */
function agreesFor(scenario: Scenario, report: Report): boolean {
  const mistakes = mistakesOfBoots(scenario);
  const locate = (path: readonly (string | number)[]): Origin => scenario.locate(path);
  tell(mistakes, { value: locate, key: locate }, report);
  return mistakes.length === 0;
}

/** What is written of each boot of a scenario, and where. */
function bootTables(
  value: unknown,
): readonly { readonly path: readonly (string | number)[]; readonly expect: unknown }[] {
  if (!isTable(value)) return [];
  const later: readonly unknown[] = Array.isArray(value["then"]) ? value["then"] : [];
  return [
    { path: [], expect: value["expect"] },
    ...later.map((boot, index) => ({ path: ["then", index], expect: isTable(boot) ? boot["expect"] : undefined })),
  ];
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** The scenario as it is for one stage one: with what is expected of that. */
export function forStageOne(scenario: Scenario, kind: StageOneKind): Scenario {
  const own = scenario.expectations.map((one) => one[kind]);
  if (own.every((one) => one === undefined)) return scenario;
  return {
    ...scenario,
    expect: own[0] ?? scenario.expect,
    then: scenario.then.map((boot, index) => ({ ...boot, expect: own[index + 1] ?? boot.expect })),
    locate(path) {
      const at = path[0] === "then" ? 2 : 0;
      if (path[at] !== "expect") return scenario.locate(path);
      const origin = scenario.locate([...path.slice(0, at + 1), kind, ...path.slice(at + 1)]);
      return origin.isDefault ? scenario.locate(path) : origin;
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
  return [
    ...layoutMistakes(scenario),
    ...nicMistakes(scenario.nic, scenario.vm.type),
    ...credentialMistakes(scenario.credentials, scenario.vm.type),
    ...machineMistakes(scenario),
    ...mistakesOfBoots(scenario),
  ];
}

type World = Pick<Scenario, "disk" | "vm" | "nic">;

function mistakesOfBoots(scenario: World & Parameters<typeof bootsOf>[0]): readonly Mistake[] {
  return bootsOf(scenario).flatMap((boot) =>
    bootMistakes(boot, scenario).map((mistake) => ({ ...mistake, path: [...boot.path, ...mistake.path] })),
  );
}

function machineMistakes({ vm, tpm }: z.infer<typeof scenarioTable>): readonly Mistake[] {
  if (vm.type !== "microvm") return [];
  const wrong = [...(vm.firmware === "uefi" ? [["vm", "firmware"]] : []), ...(tpm ? [["tpm"]] : [])];
  return wrong.map((path) => ({ code: "U695", message: `a microvm has no ${path.at(-1) ?? ""} to choose`, path }));
}

/** Of one boot; paths begin at its keys. */
function bootMistakes(boot: BootWanted, scenario: World): readonly Mistake[] {
  const { disk: disks, vm } = scenario;
  const { missing, expect } = boot;
  const mistakes: Mistake[] = [
    ...clientMistakes(boot.client, scenario.nic),
    ...faultMistakes(boot.fault, { disks, missing, machine: vm.type }),
    ...expectationMistakes(expect, scenario).map((mistake) => ({ ...mistake, path: ["expect", ...mistake.path] })),
  ];
  missing.forEach((name, index) => {
    if (disks.some((disk) => disk.name === name)) return;
    const hint = `the disks are ${disks.map((disk) => disk.name).join(", ")}`;
    mistakes.push({ code: "U672", message: `there is no disk ${name} to be missing`, hint, path: ["missing", index] });
  });
  if ((boot["power-cut"] !== undefined) !== (expect.end === "power-cut")) {
    const message =
      boot["power-cut"] === undefined
        ? "this boot is to end by a power cut, and there is no `power-cut`"
        : 'a boot whose power is cut says so: expect.end = "power-cut"';
    const path = boot["power-cut"] === undefined ? ["expect", "end"] : ["power-cut"];
    mistakes.push({ code: "U690", message, path });
  }
  return mistakes;
}
