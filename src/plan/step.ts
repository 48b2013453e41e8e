import type { Origin } from "../diagnostics/diagnostic.ts";
import type { Place } from "./place.ts";
import type { Need, Resource } from "./resource.ts";
import type { Requirement } from "./requirement.ts";

export type StepId = `${string}:${string}`;

/** A word of the kernel command line that may change what a step does (docs/command-line.md is made from these). */
export interface Override {
  readonly word: string;
  readonly effect: "replaces" | "refused";
}

/**
 * One thing that must happen before the real system starts. `Backends` maps the name of a stage one to what its
 * rendering is made of, so that the plan knows no stage one by name and a missing rendering is a type error.
 */
export interface Step<Backends> {
  readonly id: StepId;
  /** What it does, for people: `mount UUID=… at /`. */
  readonly title: string;
  readonly origin: Origin;
  readonly needs: readonly Need[];
  readonly provides: readonly Resource[];
  /** Where it stands when no resource decides: what a person wrote by hand. */
  readonly before?: readonly Place[];
  readonly after?: readonly Place[];
  /** Whether it looks for its devices itself, wherever they may be: it then comes after whoever may make them. */
  readonly finds?: boolean;
  /**
   * Where it usually stands among steps that lie on found devices, when nothing else tells: arrays (0) lie below
   * encryption (1), encryption below volume groups (2), and what is verified lies on all of them (3).
   */
  readonly layer?: number;
  /** What it opens lies below a mounted file system until that is gone: only who comes back after it can close it. */
  readonly staysOpen?: boolean;
  /** Modules and firmware, the same for every stage one. */
  readonly takes: readonly Requirement[];
  readonly overrides: readonly Override[];
  readonly onFailure: "stop" | "go-on";
  /** Left out of the plan unless another step needs what it makes or names it: waiting that nobody asked for. */
  readonly onDemand?: boolean;
  /** It only waits for what happens beside it: a stage one that does one thing after the other does others first. */
  readonly isWaiting?: boolean;
  /** What diff, golden files and --json show. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  readonly render: { readonly [B in keyof Backends]: (target: Target) => Verdict<Backends[B]> };
}

/** What a stage one can do with a step: its rendering, or the reason why not. */
export type Verdict<Rendering> =
  | { readonly can: true; readonly rendering: Rendering }
  | {
      readonly can: false;
      readonly because: string;
      readonly hint?: string;
      /** The line that asks for what it cannot do, where that is not the step's. */
      readonly at?: Origin;
    };

/** Facts of the tree an image is made for, and what is declared for all steps; renderings depend on nothing else. */
export interface Target {
  /** Major version of the sysroot's systemd, e.g. 252; undefined when it has none. */
  readonly systemd: number | undefined;
  /** Kernel release, e.g. `6.1.0-56-amd64`. */
  readonly kernel: string;
  /** Seconds to wait for a device that declares no time of its own. */
  readonly deviceTimeout: number;
  /** Whether the sysroot has this program (absolute path, or a name looked up in the usual directories). */
  hasProgram(name: string): boolean;
  /** The path under which the image will have the program, e.g. `/usr/sbin/fsck.ext4`. */
  programPath(name: string): string;
}
