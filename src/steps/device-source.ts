import type { DeviceSpec } from "../config/device-spec.ts";
import type { Source } from "../plan/resource.ts";

/**
 * Who may make a device, as far as its name tells. What is found by its content may lie anywhere; mappings and arrays
 * are made by a step; the kernel and its drivers name the rest, but for directories such as that of a volume group.
 */
export function sourceOf({ kind, path }: DeviceSpec): Source {
  if (kind !== "path") return "either";
  if (/^\/dev\/(?:mapper\/|md\/|md_?\d)/.test(path)) return "step";
  return /^\/dev\/(?:disk\/by-id\/(?:dm|md)-|(?!disk\/|block\/|char\/|cciss\/|ida\/|rd\/|dm-)[^/]+\/)/.test(path)
    ? "either"
    : "hardware";
}
