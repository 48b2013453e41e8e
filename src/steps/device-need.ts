import type { DeviceSpec } from "../config/device-spec.ts";
import type { Origin } from "../diagnostics/diagnostic.ts";
import type { Need } from "../plan/resource.ts";
import { sourceOf } from "./device-source.ts";

/** The need of a declared device: who may make it follows from how it is named. */
export function deviceNeed(
  device: DeviceSpec,
  origin: Origin,
  {
    seconds,
    strength = "requires",
  }: { readonly seconds?: number | undefined; readonly strength?: "requires" | "wants" },
): Extract<Need, { is: "one" }> {
  return {
    is: "one",
    of: { is: "device", names: [device.path] },
    from: sourceOf(device),
    strength,
    ...(seconds === undefined ? {} : { seconds }),
    origin,
  };
}
