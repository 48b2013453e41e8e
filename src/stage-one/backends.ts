import type { Step } from "../plan/step.ts";
import type { SystemdRendering } from "./systemd/rendering.ts";

/** Every stage one that a step must have an answer for; a key more is a type error in each feature that lacks it. */
export interface Backends {
  readonly systemd: SystemdRendering;
}

export type BootStep = Step<Backends>;
