import type { StageTwo } from "./stage-two-report.ts";

/** Everything that a boot showed, as data; times are seconds of the guest's monotonic clock. */
export interface Observed {
  /** How the boot ended: `hand-over`, `emergency`, `time-out`, `panic`, or what else the machine did. */
  readonly end: string;
  readonly stageOne: "systemd" | "scripted";
  /** Codes of what the build reported, each once; absent when its stage one was forced on it. */
  readonly findings?: readonly string[];
  /** How the machine went off by itself. */
  readonly shutdown?: "power-off" | "reboot";
  /** What disks (`NAME`, `NAME:2`) hold once the machine is off, as far as asked for. */
  readonly disks?: ReadonlyMap<string, ObservedDisk>;
  /** What the serial console showed, without escapes. */
  readonly console: string;
  /** How often something was asked for on the console. */
  readonly prompts: number;
  /** What the reporting root found; absent when it was not reached. */
  readonly stageTwo?: StageTwo;
  /** What a real userland (`scripts/fetch userland`) reported, by part; absent when it was not reached. */
  readonly userland?: ReadonlyMap<string, string>;
  /** Jobs of systemd, in the order in which they ended. */
  readonly jobs: readonly ObservedJob[];
  /** Units that failed outside of a job: a service that died after it had started. */
  readonly failures: readonly ObservedFailure[];
  /** The journal's messages, in order. */
  readonly journal: readonly ObservedMessage[];
}

/** What lies on a disk, read from this machine. */
export interface ObservedDisk {
  /** `ext4`, `md`; `unknown` for what is not read. */
  readonly type: string;
  readonly state: "clean" | "dirty" | "unknown";
}

/** What became of a client (`[[client]]`). */
export interface ObservedClient {
  /** `waiting`: its moment did not come. `killed`: it ran too long, or longer than the machine. */
  readonly is: "waiting" | "killed" | "ended";
  readonly status?: number;
  readonly tries: number;
  readonly output: string;
}

export interface ObservedJob {
  readonly unit: string;
  /** What the unit says with `X-Unitrd-Step`. */
  readonly step?: string;
  readonly type: string;
  /** JOB_RESULT of systemd.journal-fields(7); `skipped` where a condition was not met. Absent while it runs. */
  readonly result?: string;
  /** For a device, which nothing starts: when its job came up. */
  readonly began?: number;
  readonly ended?: number;
}

export interface ObservedFailure {
  readonly unit: string;
  /** UNIT_RESULT: `exit-code`, `signal`, `timeout` … */
  readonly result: string;
}

export interface ObservedMessage {
  readonly text: string;
  readonly unit?: string;
}
