import type { DeviceSpec } from "../../config/device-spec.ts";
import type { Need } from "../../plan/resource.ts";
import { sourceOf } from "../../steps/device-source.ts";
import type { Input } from "../feature.ts";
import { secondsForOne } from "./btrfs.ts";
import type { DeclaredFilesystem } from "./declared.ts";
import { shareDevice } from "./share.ts";

type SingleNeed = Extract<Need, { is: "one" }>;

/** The devices that a file system lies on: all of them, or with consent as many as come. */
export function deviceNeeds(path: string, declared: DeclaredFilesystem, input: Input): readonly Need[] {
  if (declared.device !== undefined) return [deviceNeed(declared.device, [path, "device"], declared, input)];
  if (declared.tag !== undefined) return [shareNeed(path, declared.tag, declared, input)];
  const { devices } = declared;
  if (devices === undefined) return [];
  const each = devices.map((device, index) => deviceNeed(device, [path, "devices", index], declared, input));
  if (!declared.degraded || each.length === 1) return each;
  const seconds = declared["device-timeout"];
  return [{ is: "at-least", count: 1, of: each, ...(seconds === undefined ? {} : { seconds }) }];
}

function shareNeed(path: string, tag: string, declared: DeclaredFilesystem, input: Input): SingleNeed {
  const seconds = declared["device-timeout"];
  return {
    is: "one",
    of: { is: "device", names: [shareDevice(declared.type, tag)] },
    from: "hardware",
    strength: "requires",
    ...(seconds === undefined ? {} : { seconds }),
    late: ", or cannot be mounted",
    origin: input.originOf(path, "tag"),
  };
}

function deviceNeed(
  device: DeviceSpec,
  at: readonly [string, ...(string | number)[]],
  declared: DeclaredFilesystem,
  input: Input,
): SingleNeed {
  const seconds = secondsForOne(declared);
  return {
    is: "one",
    of: { is: "device", names: [device.path] },
    from: sourceOf(device),
    strength: "requires",
    ...(seconds === undefined ? {} : { seconds }),
    ...(declared.type === "btrfs" ? { late: " with all devices of its btrfs, or cannot be mounted" } : {}),
    origin: input.originOf(...at),
  };
}
