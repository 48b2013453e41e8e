import type { Origin } from "../../diagnostics/diagnostic.ts";

/** What `[stage-one]` says about the scripted stage one as a whole. */
export interface ScriptedOptions {
  /** `false`: no shell; `true`: a shell without a password; a string: root's password hash, crypt(5). */
  readonly emergencyAccess: boolean | string;
  readonly panicOnFail: boolean;
  /** Seconds to wait for a device that declares no `device-timeout` of its own. */
  readonly deviceTimeout: number;
  readonly origin: Origin;
}
