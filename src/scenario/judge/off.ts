import type { Expectation } from "../expectation.ts";
import type { Judge } from "../failure.ts";
import type { Observed } from "../observed.ts";

/** What is true of a machine that is off. */
export function judgeOff(expectation: Expectation, observed: Observed, fail: Judge): void {
  const { shutdown } = expectation;
  if (shutdown !== undefined && shutdown !== observed.shutdown) {
    fail({ path: ["shutdown"], expected: shutdown, found: observed.shutdown ?? "it was stopped", near: [] });
  }
  for (const [place, { state }] of Object.entries(expectation.disks ?? {})) {
    const disk = observed.disks?.get(place);
    if (disk?.state === state) continue;
    const found =
      disk === undefined
        ? "the disk was not read"
        : disk.state === "unknown"
          ? "neither ext4 nor md"
          : `${disk.type}, ${disk.state}`;
    fail({ path: ["disks", place, "state"], expected: `${place} is ${state}`, found, near: [] });
  }
}
