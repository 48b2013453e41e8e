import type { Builder } from "../disks/workshop.ts";

/** What a trial is run with. */
export interface TrialOptions {
  /** The scenario's folder. */
  readonly folder: string;
  /** Directories of trees by the names that scenarios use: `bookworm`, `trixie`. */
  readonly trees: Readonly<Record<string, string>>;
  /** Files of disk images by the names that scenarios use: `userland:trixie`. */
  readonly images: Readonly<Record<string, string>>;
  /** Where unitrd's own `templates` and `units` are. */
  readonly house: { readonly templates: string; readonly units: string };
  /** Makes what takes a guest; one for all scenarios, so that one guest does for many disks. */
  readonly builder: Builder;
  /** Below this directory the console and the journal of a failed trial are kept. */
  readonly evidence: string;
  /** Limits are so many times as long as declared, on a machine that has much else to do; default 1. */
  readonly patience?: number;
  /** Makes the guest's clock count instructions, see `BootOptions`: times that do not depend on the machine below. */
  readonly icountShift?: number;
  readonly signal?: AbortSignal;
}
