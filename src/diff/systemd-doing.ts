import type { Plan } from "../plan/plan.ts";
import type { Target } from "../plan/step.ts";
import type { Backends, BootStep } from "../stage-one/backends.ts";
import type { SystemdOptions } from "../stage-one/systemd/options.ts";
import type { SystemdRendering } from "../stage-one/systemd/rendering.ts";
import type { Unit } from "../stage-one/systemd/unit.ts";
import { isNeeded, spanPhrase, triesPhrase, waitsOf, type Doing, type Wait } from "./doing.ts";

/** What the systemd stage one makes of a step: read from the units that it becomes. */
export function systemdDoing(
  step: BootStep,
  plan: Plan<Backends>,
  target: Target,
  options: Pick<SystemdOptions, "deviceTimeout" | "consoles">,
): Doing {
  if (target.systemd === undefined) return { can: false, because: "the sysroot has no systemd" };
  const verdict = step.render.systemd(target);
  if (!verdict.can) return verdict;
  const { rendering } = verdict;
  const prompts = step.facts["prompts"] === true;
  return {
    can: true,
    by: rendering.units.length === 0 ? [rendering.done] : rendering.units.map(({ name }) => name),
    how: rendering.units.flatMap(howOf),
    programs: programsOf(rendering, target),
    applets: [],
    waits: waitsOf(step, plan, options.deviceTimeout).map(waitPhrase),
    mayTake: limitOf(rendering),
    ...(prompts ? { asks: askPhrase(options.consoles), tries: triesOf(rendering) } : {}),
    failure: failurePhrase(step, plan),
  };
}

function howOf(unit: Unit): readonly string[] {
  const values = (key: string) => assignmentsOf(unit).flatMap(([name, value]) => (name === key ? [value] : []));
  const mount = values("What").map((what) => {
    return [what, values("Type")[0], values("Options")[0]].filter((part) => part !== undefined).join(" ");
  });
  return [...mount, ...values("ExecStart")];
}

function assignmentsOf(unit: Unit): readonly (readonly [string, string])[] {
  return unit.sections.flatMap(({ assignments }) => assignments);
}

function programsOf(rendering: SystemdRendering, target: Target): readonly string[] {
  const taken = rendering.takes.flatMap((one) =>
    one.is === "program" && target.hasProgram(one.name) ? [one.name] : [],
  );
  const mounts = rendering.units.some(({ name }) => name.endsWith(".mount")) ? ["mount"] : [];
  return [...new Set([...taken, ...mounts].map((name) => target.programPath(name)))];
}

/** The clock of a device starts when every step that could make it has ended (the drop-in of its device unit). */
function waitPhrase({ device, seconds, makers }: Wait): string {
  if (!Number.isFinite(seconds)) return `${device}, without end`;
  const from = makers.length === 0 ? "from the start on" : `once ${makers.join(", ")} ended`;
  return `${device}, ${spanPhrase(seconds)} ${from}`;
}

/** systemd.service(5): a oneshot service has no limit of its own; all else has DefaultTimeoutStartSec, 90 s. */
function limitOf({ units, done }: SystemdRendering): string {
  const unit = units.find(({ name }) => name === done);
  const values = new Map(unit === undefined ? [] : assignmentsOf(unit));
  const declared = values.get("TimeoutSec") ?? values.get("TimeoutStartSec");
  if (declared !== undefined) return declared === "infinity" ? "without a limit" : declared;
  if (unit === undefined || values.get("Type") === "oneshot") return "without a limit";
  return "90 s, systemd's own limit";
}

function askPhrase(consoles: readonly string[]): string {
  const where = consoles.length === 0 ? "every console of the kernel" : consoles.join(", ");
  return `systemd's agent, on ${where}`;
}

/** Of crypttab(5); without it systemd-cryptsetup(8) asks three times. */
function triesOf({ units }: SystemdRendering): string {
  const found = units.flatMap(howOf).flatMap((line) => /\btries=(\d+)/.exec(line)?.[1] ?? []);
  return triesPhrase(Number(found[0] ?? 3));
}

function failurePhrase(step: BootStep, plan: Plan<Backends>): string {
  if (step.onFailure === "stop") return "emergency mode; what does not wait for it still runs";
  return isNeeded(step, plan) ? "goes on; what needs it is not tried" : "goes on";
}
