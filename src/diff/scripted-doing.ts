import type { Plan } from "../plan/plan.ts";
import type { Target } from "../plan/step.ts";
import type { Backends, BootStep } from "../stage-one/backends.ts";
import { isNeeded, spanPhrase, triesPhrase, waitsOf, type Doing } from "./doing.ts";
import type { ScriptFunction } from "./script-functions.ts";

/** What the script is made of, as far as it is known: without an image only the calls are. */
export interface ScriptFacts {
  readonly functions: ReadonlyMap<string, ScriptFunction>;
  /** Names under which the image has busybox. */
  readonly applets: ReadonlySet<string>;
  /** Seconds. */
  readonly deviceTimeout: number;
}

/** What the scripted stage one makes of a step: read from its call, and from the function that is called. */
export function scriptedDoing(step: BootStep, plan: Plan<Backends>, target: Target, facts: ScriptFacts): Doing {
  const verdict = step.render.scripted(target);
  if (!verdict.can) return verdict;
  const { call, takes } = verdict.rendering;
  const [name, ...values] = call ?? [];
  const called = name === undefined ? undefined : facts.functions.get(name);
  const given = named(values, called?.parameters ?? []);
  const prompts = step.facts["prompts"] === true;
  const commands = [...(called?.commands ?? [])];
  const programs = takes.flatMap((one) => (one.is === "program" && target.hasProgram(one.name) ? [one.name] : []));
  return {
    can: true,
    by: [name ?? "nobody: its files are all there is to it"],
    how: told(given),
    programs: [...new Set(programs.map((program) => target.programPath(program)))],
    applets: commands.filter((command) => facts.applets.has(command)).sort(),
    waits: waitsOf(step, plan, facts.deviceTimeout).map(({ device, seconds }) =>
      Number.isFinite(seconds) ? `${device}, ${spanPhrase(seconds)} from its turn on` : `${device}, without end`,
    ),
    mayTake: "without a limit",
    ...(prompts ? { asks: "the script itself, on /dev/console", tries: triesOf(given) } : {}),
    failure: failurePhrase(step, plan),
  };
}

/** Where it was declared and how long it waits are said elsewhere. */
function told(given: readonly Given[]): readonly string[] {
  const words = given.flatMap(({ parameter, value }) =>
    value === "" || parameter === "ORIGIN" || parameter === "SECONDS"
      ? []
      : [`${parameter.toLowerCase()} ${value}`.trim()],
  );
  return words.length === 0 ? [] : [words.join(", ")];
}

interface Given {
  readonly parameter: string;
  readonly value: string;
}

/** Arguments by the names that the comment of the function gives them; the last name stands for all the rest. */
function named(values: readonly string[], parameters: readonly string[]): readonly Given[] {
  return values.map((value, index) => {
    const last = parameters.at(-1) ?? "";
    const parameter = parameters[index] ?? (last.endsWith("…") ? last : "");
    return { parameter: parameter.replace("…", ""), value };
  });
}

function triesOf(given: readonly Given[]): string {
  const tries = given.find(({ parameter }) => parameter === "TRIES")?.value;
  return triesPhrase(Number(tries ?? 0));
}

function failurePhrase(step: BootStep, plan: Plan<Backends>): string {
  if (step.onFailure === "stop") return "the boot ends there; nothing after it is tried";
  return isNeeded(step, plan) ? "goes on; what needs it is tried, and waits in vain" : "goes on";
}
