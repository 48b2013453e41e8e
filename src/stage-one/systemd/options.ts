import type { Origin } from "../../diagnostics/diagnostic.ts";

/** What `[stage-one]` and `[console]` say about the systemd stage one as a whole. */
export interface SystemdOptions {
  /** `false`: no shell; `true`: a shell without a password; a string: root's password hash, crypt(5). */
  readonly emergencyAccess: boolean | string;
  /** Reboot instead of staying in emergency mode. */
  readonly panicOnFail: boolean;
  /** Whether words of the kernel command line may open a shell. */
  readonly commandLineShell: boolean;
  /** Seconds to wait for a device that declares no `device-timeout` of its own. */
  readonly deviceTimeout: number;
  /** Terminals below /dev on which pass phrases are asked; empty: those the kernel uses as consoles. */
  readonly consoles: readonly string[];
  /** Whether links are declared, so that the kernel command line can name others in their place. */
  readonly network: boolean;
  readonly origin: Origin;
}
