import { singleNeeds, type Plan } from "../../plan/plan.ts";
import type { Requirement, Taken } from "../../plan/requirement.ts";
import type { DeviceName } from "../../plan/resource.ts";
import type { StepId } from "../../plan/step.ts";
import type { Backends } from "../backends.ts";
import { deviceUnit } from "./escape.ts";
import type { SystemdOptions } from "./options.ts";
import { stepWhy, type Rendered } from "./rendered.ts";
import { unitDirectory, unitText, type Assignment } from "./unit.ts";

/** For each device that a step needs or makes, how long systemd waits for it, and when that time begins. */
export function deviceDropIns(
  plan: Plan<Backends>,
  rendered: ReadonlyMap<StepId, Rendered>,
  options: SystemdOptions,
): readonly Taken[] {
  const waits = deviceWaits(plan, rendered, options);
  return [...waits].map(([device, wait]) => {
    const assignments: Assignment[] = [
      // Nothing can appear before udev has looked: on a slow machine that alone may take a short time-out's time.
      ["After", ["systemd-udev-trigger.service", ...wait.after].join(" ")],
      ["JobRunningTimeoutSec", span(wait.seconds ?? options.deviceTimeout)],
    ];
    const step = [...wait.steps].map((id) => rendered.get(id)?.step).find((found) => found !== undefined);
    const requirement: Requirement = {
      is: "file",
      path: `${unitDirectory.local}/${deviceUnit(device)}.d/50-unitrd.conf`,
      mode: 0o644,
      content: unitText({ sections: [{ name: "Unit", assignments }] }, [
        `${device}: how long to wait, and after whom the clock starts.`,
      ]),
      why: `how long to wait for ${device}`,
    };
    return { requirement, why: step === undefined ? [{ what: requirement.why }] : stepWhy(step, requirement) };
  });
}

interface DeviceWait {
  readonly after: Set<string>;
  seconds: number | undefined;
  readonly steps: Set<StepId>;
}

/**
 * Every device that a step needs or makes, under each of its names: who may make it, and how long its users wait at
 * most. A device that a step makes needs a drop-in too, as `root=` may name it.
 */
function deviceWaits(
  plan: Plan<Backends>,
  rendered: ReadonlyMap<StepId, Rendered>,
  options: SystemdOptions,
): ReadonlyMap<DeviceName, DeviceWait> {
  const waits = new Map<DeviceName, DeviceWait>();
  const waitFor = (device: DeviceName, step: StepId): DeviceWait => {
    const wait = waits.get(device) ?? { after: new Set<string>(), seconds: undefined, steps: new Set<StepId>() };
    waits.set(device, wait);
    wait.steps.add(step);
    return wait;
  };
  for (const step of plan.steps) {
    const done = rendered.get(step.id)?.rendering.done;
    for (const made of step.provides) {
      if (made.is !== "device" || done === undefined) continue;
      for (const name of made.names) {
        const wait = waitFor(name, step.id);
        wait.after.add(done);
      }
    }
  }
  for (const step of plan.steps) {
    for (const need of singleNeeds(step)) {
      if (need.of.is !== "device") continue;
      const device = need.of.names[0];
      const wait = waitFor(device, step.id);
      const seconds = need.seconds ?? options.deviceTimeout;
      wait.seconds = Math.max(wait.seconds ?? 0, seconds);
      for (const edge of plan.edges) {
        if (edge.later !== step.id || edge.resource !== need.of) continue;
        const earlier = rendered.get(edge.earlier)?.rendering.done;
        if (earlier !== undefined) wait.after.add(earlier);
      }
    }
  }
  return waits;
}

/** A span of systemd.time(7). */
export function span(seconds: number): string {
  return Number.isFinite(seconds) ? `${seconds}s` : "infinity";
}
