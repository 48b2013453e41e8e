import type { Report } from "../diagnostics/diagnostic.ts";
import type { Manifest } from "../image/manifest.ts";
import { makePlan, type Plan } from "../plan/plan.ts";
import type { Target } from "../plan/step.ts";
import type { Backends } from "../stage-one/backends.ts";
import { renderStageOne, type StageOne, type StageOneSettings } from "../stage-one/stage-one.ts";
import type { DeclaredRoot } from "../stage-one/systemd/command-line.ts";
import type { Firmware } from "../sysroot/firmware.ts";
import { openKernel, type Kernel } from "../sysroot/kernel.ts";
import type { Decompress } from "../sysroot/module-bytes.ts";
import type { ModuleClosure } from "../sysroot/module-closure.ts";
import { collect, of } from "./collect.ts";
import { contributions, type Sources } from "./contributions.ts";
import { readDeclaration, type Declaration, type DeclarationFile } from "./declaration.ts";
import { checkDeclaredUnits } from "./declared-units.ts";
import { checkDevices } from "./devices.ts";
import { checkKeptNetwork } from "./kept-network.ts";
import { kernelPart } from "./kernel-part.ts";
import { tellOfPrompts } from "./prompts.ts";
import { checkReadOnlyDevices } from "./read-only-devices.ts";
import { checkCompression } from "./kernel-unpacks.ts";
import { checkOptions } from "./module-options.ts";
import { rulesFiles } from "./rules-files.ts";
import { withSecrets } from "./secrets.ts";
import { systemdOptions } from "./systemd-options.ts";
import { targetOf } from "./target.ts";
import { withWayBack } from "./way-back.ts";

/** Everything a build knows before a byte is packed. */
export interface Compiled extends Planned {
  readonly kernel: Kernel;
  readonly stage: StageOne;
  readonly modules: ModuleClosure;
  readonly firmware: Firmware;
  readonly manifest: Manifest;
}

/** A plan and the units it becomes, when the sysroot has a systemd to make them for. */
export interface Draft extends Planned {
  readonly stage: StageOne | undefined;
}

/** What is known without a look at the kernel and the programs. */
export interface Planned {
  readonly declaration: Declaration;
  readonly plan: Plan<Backends>;
  readonly target: Target;
}

/** What every stage one of a declaration has in common: it is found once, however many are compiled. */
export interface Prepared {
  readonly declaration: Declaration;
  readonly sources: Sources;
  readonly target: Target;
  readonly contributed: ReturnType<typeof contributions>;
  /** Undefined when what was reported leaves none. */
  readonly plan: Plan<Backends> | undefined;
  readonly kernel: Kernel | undefined;
}

/**
 * Compiles a declaration into the manifest of an image, reading the sysroot and running nothing. Reports all it finds;
 * undefined when something kept it from going on. A result may still come with errors: then it must not be packed.
 */
export async function compile(
  files: readonly DeclarationFile[],
  sources: Sources,
  decompress: Decompress,
  report: Report,
): Promise<Compiled | undefined> {
  const prepared = prepare(files, sources, report);
  return prepared && compileWith(prepared, prepared.declaration.value["stage-one"].kind, decompress, report);
}

/** Reads a declaration and plans its boot. Reports all that no choice of stage one would change. */
export function prepare(files: readonly DeclarationFile[], sources: Sources, report: Report): Prepared | undefined {
  const declaration = readDeclaration(files, report);
  if (declaration === undefined) return undefined;
  const { sysroot } = sources;
  const { kernel: version } = declaration.value.image;
  const kernel = openKernel(sysroot, version, report, declaration.originOf("image", "kernel"));
  const contributed = contributions(declaration, sources, report);
  const plan = makePlan(
    contributed.flatMap((one) => one.steps ?? []),
    report,
  );
  if (plan !== undefined) checkKeptNetwork(plan, report);
  const target = targetOf(sysroot, kernel?.version ?? "", declaration.value["stage-one"]["device-timeout"]);
  return { declaration, sources, target, contributed, plan, kernel };
}

/** Compiles what was prepared with a stage one of this kind, whatever the declaration says about it. Reports as `compile`. */
export async function compileWith(
  { declaration, sources, target, contributed, plan, kernel }: Prepared,
  kind: StageOneSettings["kind"],
  decompress: Decompress,
  report: Report,
): Promise<Compiled | undefined> {
  const { sysroot } = sources;
  if (!canRun(kind, target)) {
    report({
      code: "U182",
      severity: "error",
      message: `${sysroot.name} is no sysroot for a systemd stage one: it has no /usr/lib/systemd/systemd`,
      hint: "name the tree of a system with systemd: --sysroot DIRECTORY",
      at: [],
    });
    return undefined;
  }
  if (plan === undefined || kernel === undefined) return undefined;

  const settings = { ...stageOneSettings(declaration, sources), kind };
  const wanted = contributed.flatMap((one) => one.takes ?? []);
  const rendered = withWayBack(renderStageOne(plan, target, settings, report), plan, declaration, target, report);
  const stage = withSecrets(rendered, wanted, target);
  const taken = [...wanted, ...stage.takes];
  const rules = rulesFiles(
    sysroot,
    of(taken, "rules").map(({ requirement: { name, optional = false }, why }) => ({ name, optional, why })),
    report,
  );
  const { modules, files, firmware, entries } = await kernelPart(kernel, taken, rules, decompress, report);
  checkDevices(plan, modules, report);
  checkReadOnlyDevices(plan, report);
  if (stage.kind === "systemd") tellOfPrompts(plan, report);
  checkOptions(declaration, kernel, files, report);
  checkCompression(declaration, kernel, report);
  const password = typeof settings.options.emergencyAccess === "string" ? settings.options.emergencyAccess : undefined;
  const { manifest } = collect(taken, sysroot, rules, entries, password, report);
  if (stage.kind === "systemd") checkDeclaredUnits(declaration, manifest, report);
  return { declaration, plan, target, kernel, stage, modules, firmware, manifest };
}

/** Plans the boot without a kernel and without looking for anything that the image would need. Reports as `compile`. */
export function draft(files: readonly DeclarationFile[], sources: Sources, report: Report): Draft | undefined {
  const declaration = readDeclaration(files, report);
  if (declaration === undefined) return undefined;
  const { image, "stage-one": stageOne } = declaration.value;
  const target = targetOf(sources.sysroot, image.kernel ?? "", stageOne["device-timeout"]);
  const contributed = contributions(declaration, sources, report);
  const plan = makePlan(
    contributed.flatMap((one) => one.steps ?? []),
    report,
  );
  if (plan === undefined) return undefined;
  const stage = canRun(declaration.value["stage-one"].kind, target)
    ? renderStageOne(plan, target, stageOneSettings(declaration, sources), report)
    : undefined;
  return { declaration, plan, target, stage };
}

/** A script needs no systemd in the sysroot; anything else does. */
function canRun(kind: StageOneSettings["kind"], target: Target): boolean {
  return target.systemd !== undefined || kind === "scripted";
}

function stageOneSettings(declaration: Declaration, sources: Sources): StageOneSettings {
  const stageOne = declaration.value["stage-one"];
  return {
    kind: stageOne.kind,
    onUnsupported: stageOne["on-unsupported"],
    options: systemdOptions(declaration),
    root: declaredRoot(declaration),
    template: (name) => sources.template(`scripted/${name}.sh`),
  };
}

function declaredRoot(declaration: Declaration): DeclaredRoot | undefined {
  const root = declaration.value.filesystems["/"];
  if (root === undefined) return undefined;
  const device = root.device?.spec ?? root.image ?? root.dataset ?? root.devices?.[0]?.spec ?? `the ${root.type}`;
  const key = root.device === undefined ? "type" : "device";
  return { device, options: root.options, origin: declaration.originOf("filesystems", "/", key) };
}
