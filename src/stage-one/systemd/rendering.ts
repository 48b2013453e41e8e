import type { Requirement } from "../../plan/requirement.ts";
import type { Unit } from "./unit.ts";

/** What one step is in a systemd stage one. */
export interface SystemdRendering {
  readonly units: readonly Unit[];
  /** The unit whose success means that the step is done; what needs the step comes after it. */
  readonly done: string;
  /** The units that wait for the step's needs; those of `units` that are not named here order themselves. */
  readonly gates: readonly string[];
  /** Of `units` those whose clock runs while the step's devices are waited for, and starts with that. */
  readonly clocks?: readonly string[];
  /**
   * For a step that needs the first of several ways: the unit that waits for what a way needs, by the name of the way.
   * A way without a unit of its own is waited for by the gates, as long as it may take.
   */
  readonly ways?: Readonly<Record<string, string>>;
  /**
   * Whether a failure of `done` must be made to stop the boot: no target of systemd's own does it, as initrd-fs.target
   * does for mounts.
   */
  readonly mustSucceed?: boolean;
  /** Whether the units themselves see when enough members of an "at-least" need came: they then wait for none of them. */
  readonly seesToEnough?: boolean;
  /** What the rendering itself needs in the image: programs, shipped units, rules, files. */
  readonly takes: readonly Requirement[];
}
