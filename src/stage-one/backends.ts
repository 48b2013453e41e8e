import type { Step } from "../plan/step.ts";
import type { ScriptedRendering } from "./scripted/rendering.ts";
import type { SystemdRendering } from "./systemd/rendering.ts";

/** Every stage one that a step must have an answer for; a key more is a type error in each feature that lacks it. */
export interface Backends {
  readonly systemd: SystemdRendering;
  readonly scripted: ScriptedRendering;
}

export type BootStep = Step<Backends>;
