import { stringify } from "ini";
import { shortOrigin, type Report } from "../../diagnostics/diagnostic.ts";
import type { Why } from "../../diagnostics/reason.ts";
import { needsOfWays, singleNeeds, type Plan } from "../../plan/plan.ts";
import type { Requirement, Taken } from "../../plan/requirement.ts";
import { sameResource, type DeviceName, type Resource } from "../../plan/resource.ts";
import type { StepId, Target } from "../../plan/step.ts";
import { askersFile } from "../askers.ts";
import type { Backends, BootStep } from "../backends.ts";
import { followedWords } from "../followed-words.ts";
import { sentences } from "../sentences.ts";
import { baseTakes } from "./base.ts";
import { coldplugTakes } from "./coldplug.ts";
import { refusalUnits, rootClockUnits, rootOverrideUnits, type DeclaredRoot } from "./command-line.ts";
import { emergencyTakes, emergencyUnits, shellTakes } from "./emergency.ts";
import { deviceDropIns, span } from "./device-waits.ts";
import { deviceUnit, escapePath, literal } from "./escape.ts";
import { messageUnit } from "./message.ts";
import type { SystemdOptions } from "./options.ts";
import { stepReasons, stepWhy, type Rendered } from "./rendered.ts";
import type { SystemdRendering } from "./rendering.ts";
import { unitDirectory, unitText, withAssignments, type Assignment, type Unit } from "./unit.ts";

export interface SystemdStage {
  /** Units that unitrd wrote, with the step they belong to. */
  readonly units: readonly { readonly unit: Unit; readonly step?: StepId }[];
  readonly takes: readonly Taken[];
}

/**
 * Renders a plan as units. Every ordering between steps is derived here from the plan's edges; renderings order only
 * their own units among themselves. Reports U250 when a step cannot be rendered.
 */
export function assembleSystemd(
  plan: Plan<Backends>,
  target: Target,
  options: SystemdOptions,
  root: DeclaredRoot | undefined,
  report: Report,
): SystemdStage {
  const rendered = renderSteps(plan, target, report);
  const stepUnits = [...rendered.values()].flatMap((entry) => wiredUnits(entry, plan, rendered, target, options));
  const prompts = [...rendered.values()]
    .filter(({ step }) => step.facts["prompts"] === true)
    .map(({ rendering }) => rendering.done);
  const clock = rootClockUnits(target, options, prompts);
  const common = [
    ...emergencyUnits(target, options),
    ...refusalUnits(target, options, followedWords(plan)),
    ...rootOverrideUnits(target, root),
    ...clock,
  ];
  const made: SystemdStage["units"] = [...stepUnits, ...common.map((unit) => ({ unit }))];
  const units = withOwnUnits(made, leftOut(rendered));
  const takes: readonly Taken[] = [
    ...units.flatMap(({ unit, step }) => unitFiles(unit, whyOf(rendered, step))),
    ...deviceDropIns(plan, rendered, options),
    ...[...rendered.values()].flatMap(({ step, rendering }) =>
      [...step.takes, ...rendering.takes].map((requirement) => ({ requirement, why: stepWhy(step, requirement) })),
    ),
  ];
  const always = [
    ...baseTakes(),
    ...coldplugTakes(target, takes),
    ...optionTakes(options, prompts.length > 0),
    ...askersFile(plan.steps, ({ id }) => rendered.get(id)?.rendering.done ?? ""),
  ];
  return {
    units,
    takes: [
      ...takes,
      ...always.map((requirement) => ({
        requirement,
        why: [{ what: "the systemd stage one", origin: options.origin }, { what: requirement.why }],
      })),
    ],
  };
}

/** A person's unit stands in for one of the same name, and what pulled in that one pulls in the other. */
function withOwnUnits(made: SystemdStage["units"], out: ReadonlySet<string>): SystemdStage["units"] {
  const own = new Set(made.flatMap(({ unit }) => (unit.text === undefined ? [] : [unit.name])));
  return made.flatMap(({ unit, ...rest }) => {
    if (out.has(unit.name) || (own.has(unit.name) && unit.text === undefined)) return [];
    if (unit.text === undefined) return [{ unit, ...rest }];
    const replaced = made.filter((other) => other.unit.name === unit.name).map((other) => other.unit);
    return [
      {
        unit: {
          ...unit,
          wantedBy: [...new Set(replaced.flatMap((one) => one.wantedBy ?? []))],
          requiredBy: [...new Set(replaced.flatMap((one) => one.requiredBy ?? []))],
        },
        ...rest,
      },
    ];
  });
}

function leftOut(rendered: ReadonlyMap<StepId, Rendered>): ReadonlySet<string> {
  const takes = [...rendered.values()].flatMap(({ rendering }) => rendering.takes);
  return new Set(takes.flatMap((one) => (one.is === "no-unit" ? [one.name] : [])));
}

function renderSteps(plan: Plan<Backends>, target: Target, report: Report): ReadonlyMap<StepId, Rendered> {
  const rendered = new Map<StepId, Rendered>();
  for (const step of plan.steps) {
    const verdict = step.render.systemd(target);
    if (verdict.can) {
      rendered.set(step.id, { step, rendering: verdict.rendering });
      continue;
    }
    report({
      code: "U250",
      severity: "error",
      message: `the systemd stage one cannot do ${step.id}: ${verdict.because}`,
      ...(verdict.hint === undefined ? {} : { hint: verdict.hint }),
      at: [step.origin],
    });
  }
  return rendered;
}

function wiredUnits(
  { step, rendering }: Rendered,
  plan: Plan<Backends>,
  rendered: ReadonlyMap<StepId, Rendered>,
  target: Target,
  options: SystemdOptions,
): { unit: Unit; step: StepId }[] {
  const late = lateUnits(step, target, options);
  const stop = rendering.mustSucceed === true ? stopUnits(step, plan, target) : [];
  const apart = waysApart(step, rendering);
  const edgesOf = (needs: readonly SingleNeed[], devices = needs): Assignment[] => [
    ...deviceEdges(devices),
    ...stepEdges(step, plan, rendered, needs),
  ];
  const failures = (units: readonly Unit[]): Assignment[] => units.map(({ name }) => ["OnFailure", name]);
  const lateOf = (needs: readonly SingleNeed[]): Unit[] =>
    late.filter(({ device }) => needs.some((need) => isDevice(need.of, device))).map(({ unit }) => unit);
  const common = singleNeeds(step).filter((need) => !isApart(need, apart));
  const enough = rendering.seesToEnough === true ? singleNeeds({ needs: step.needs.filter(isAtLeast) }) : [];
  const waited = common.filter((need) => !enough.some(({ of }) => of === need.of));
  const own = rendering.units.map((unit) => {
    const marked = withAssignments(unit, "Unit", [["X-Unitrd-Step", step.id]]);
    if (rendering.clocks?.includes(unit.name) === true) {
      return withAssignments(marked, "Unit", clockEdges(step, plan, rendered));
    }
    const ways = [...apart].filter(([way]) => rendering.ways?.[way] === unit.name).flatMap(([, needs]) => needs);
    if (ways.length > 0) return withAssignments(marked, "Unit", [...edgesOf(ways), ...failures(lateOf(ways))]);
    if (!rendering.gates.includes(unit.name)) return marked;
    const after = [...lateOf(common), ...(unit.name === rendering.done ? stop : [])];
    return withAssignments(marked, "Unit", [...edgesOf(common, waited), ...failures(after)]);
  });
  return [...own, ...late.map(({ unit }) => unit), ...stop].map((unit) => ({ unit, step: step.id }));
}

type SingleNeed = ReturnType<typeof singleNeeds>[number];

/** The ways of a step that have a unit of their own, with what each needs. */
function waysApart(step: BootStep, { ways }: SystemdRendering): ReadonlyMap<string, readonly SingleNeed[]> {
  return new Map([...needsOfWays(step)].filter(([way]) => ways?.[way] !== undefined));
}

function isApart(need: SingleNeed, apart: ReadonlyMap<string, readonly SingleNeed[]>): boolean {
  return [...apart.values()].some((needs) => needs.some(({ of }) => of === need.of));
}

function isAtLeast(need: BootStep["needs"][number]): boolean {
  return need.is === "at-least";
}

function isDevice(resource: Resource, device: DeviceName): boolean {
  return resource.is === "device" && resource.names[0] === device;
}

function deviceEdges(needs: readonly SingleNeed[]): Assignment[] {
  return needs.flatMap((need): Assignment[] => {
    if (need.of.is !== "device" || need.strength === "order") return [];
    const unit = deviceUnit(need.of.names[0]);
    return [
      [need.strength === "requires" ? "Requires" : "Wants", unit],
      ["After", unit],
    ];
  });
}

/**
 * An `order` edge to a device found by its content is not written on the user but on the device (`deviceDropIns`):
 * the user waits for the device, the clock of the device waits for its possible makers, and a disk that is plainly
 * there is used at once.
 */
function stepEdges(
  step: BootStep,
  plan: Plan<Backends>,
  rendered: ReadonlyMap<StepId, Rendered>,
  needs: readonly SingleNeed[],
): Assignment[] {
  const others = singleNeeds(step).filter((need) => !needs.some(({ of }) => of === need.of));
  return plan.edges
    .filter((edge) => edge.later === step.id && !others.some(({ of }) => of === edge.resource))
    .filter((edge) => !isGuess(edge, rendered.get(edge.earlier)?.step))
    .flatMap((edge): Assignment[] => {
      const earlier = rendered.get(edge.earlier)?.rendering.done;
      if (earlier === undefined) return [];
      const after: Assignment = ["After", earlier];
      if (edge.strength === "order") return [after];
      return [[edge.strength === "requires" ? "Requires" : "Wants", earlier], after];
    });
}

/** What a clock waits for: as that of a device, all that could make the device, also by guess. */
function clockEdges(step: BootStep, plan: Plan<Backends>, rendered: ReadonlyMap<StepId, Rendered>): Assignment[] {
  const earlier = plan.edges
    .filter((edge) => edge.later === step.id)
    .flatMap((edge) => rendered.get(edge.earlier)?.rendering.done ?? []);
  return ["systemd-udev-trigger.service", ...earlier].map((unit): Assignment => ["After", unit]);
}

/** An edge to a step that may turn out to make the device, as far as anybody knows before the boot. */
function isGuess(edge: Plan<Backends>["edges"][number], earlier: BootStep | undefined): boolean {
  if (edge.strength !== "order" || edge.resource.is !== "device" || earlier === undefined) return false;
  return !earlier.provides.some((resource) => sameResource(resource, edge.resource));
}

/**
 * Ends the boot in emergency mode when a step failed that nothing else makes it depend on. What only the declared root
 * lies on does not count when root= names another.
 */
function stopUnits(step: BootStep, plan: Plan<Backends>, target: Target): Unit[] {
  const underRoot = stepsAfter(plan, step.id).has("mount:/");
  return [
    messageUnit(target, {
      name: `unitrd-stop-${stepPart(step)}.service`,
      description: `End of the boot without ${step.id}`,
      text: sentences.stepFailed(step.id, shortOrigin(step.origin)),
      unit: [
        ...(underRoot ? ([["ConditionKernelCommandLine", "!root"]] satisfies Assignment[]) : []),
        ["Before", "initrd-cleanup.service"],
        ["OnSuccess", "emergency.target"],
        ["OnSuccessJobMode", "replace-irreversibly"],
      ],
    }),
  ];
}

function stepsAfter(plan: Plan<Backends>, id: StepId): ReadonlySet<StepId> {
  const after = new Set<StepId>([id]);
  // The edges of a plan lead forward in the order of its steps, so that one pass finds them all.
  for (const step of plan.steps) {
    if (plan.edges.some((edge) => edge.later === step.id && after.has(edge.earlier))) after.add(step.id);
  }
  return after;
}

/** A step's id as a part of a unit's name: `mount:/usr` → `mount-usr`. */
function stepPart(step: BootStep): string {
  return escapePath(`/${step.id.replace(":", "/")}`);
}

/** One line on the console for each device that does not come, naming the declaration that asked for it. */
function lateUnits(
  step: BootStep,
  target: Target,
  options: SystemdOptions,
): { readonly device: DeviceName; readonly unit: Unit }[] {
  const seen = new Set<string>();
  return singleNeeds(step).flatMap((need) => {
    if (need.of.is !== "device" || seen.has(need.of.names[0])) return [];
    const nth = seen.size === 0 ? "" : `-${seen.size + 1}`;
    seen.add(need.of.names[0]);
    const device = need.of.names[0];
    const seconds = need.seconds ?? options.deviceTimeout;
    if (!Number.isFinite(seconds)) return [];
    const unit = messageUnit(target, {
      name: `unitrd-late-${stepPart(step)}${nth}.service`,
      description: `Message about the device of ${step.id}`,
      text:
        need.late === undefined
          ? sentences.deviceLate(device, String(seconds), shortOrigin(need.origin))
          : `${device} did not appear within ${seconds} s${need.late}: ${shortOrigin(need.origin)}`,
      // What must be said besides can be missing although the device is there.
      unit: need.late === undefined ? [["ConditionPathExists", `!${literal(device)}`]] : [],
    });
    return [{ device, unit }];
  });
}

function unitFiles(unit: Unit, why: Why): readonly Taken[] {
  const path = `${unitDirectory[unit.place]}/${unit.name}`;
  const reasons = [...why, { what: `unit ${unit.name}` }];
  const link = (kind: "wants" | "requires", by: string): Taken => ({
    requirement: {
      is: "symlink",
      path: `${unitDirectory.local}/${by}.${kind}/${unit.name}`,
      target: path,
      why: `${by} pulls in ${unit.name}`,
    },
    why: reasons,
  });
  return [
    {
      requirement: {
        is: "file",
        path,
        mode: 0o644,
        content: unitText(unit, [unitHeading(why)]),
        why: `unit ${unit.name}`,
      },
      why: reasons,
    },
    ...(unit.wantedBy ?? []).map((by) => link("wants", by)),
    ...(unit.requiredBy ?? []).map((by) => link("requires", by)),
  ];
}

function unitHeading(why: Why): string {
  const origin = why.find((reason) => reason.origin !== undefined)?.origin;
  return origin === undefined ? "Written by unitrd." : `Written by unitrd from ${shortOrigin(origin)}.`;
}

function whyOf(rendered: ReadonlyMap<StepId, Rendered>, id: StepId | undefined): Why {
  const step = id === undefined ? undefined : rendered.get(id)?.step;
  return step === undefined ? [{ what: "the systemd stage one" }] : stepReasons(step);
}

function optionTakes(options: SystemdOptions, prompts: boolean): readonly Requirement[] {
  return [
    ...emergencyTakes(options),
    ...(options.commandLineShell ? commandLineShellTakes : []),
    {
      is: "file",
      path: "/etc/systemd/system.conf.d/50-unitrd.conf",
      mode: 0o644,
      // systemd-system.conf(5) is plain INI, unlike unit files, so that the library is right for it.
      content: stringify({ Manager: { DefaultDeviceTimeoutSec: span(prompts ? Infinity : options.deviceTimeout) } }),
      why: "how long to wait for a device that declares nothing",
    },
  ];
}

const commandLineShellTakes: readonly Requirement[] = [
  {
    is: "program",
    name: "/usr/lib/systemd/system-generators/systemd-debug-generator",
    why: "stage-one.command-line-shell",
  },
  { is: "unit", name: "debug-shell.service", why: "stage-one.command-line-shell" },
  ...shellTakes,
];
