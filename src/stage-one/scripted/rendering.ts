import type { Requirement } from "../../plan/requirement.ts";

/** What one step is in a scripted stage one: a call of a function of templates/scripted/. */
export interface ScriptedRendering {
  /** The parts of templates/scripted/ that hold the functions it needs, without their ending. */
  readonly parts: readonly ScriptPart[];
  /** The function and its arguments, not quoted; nothing when files in the image are all there is to it. */
  readonly call?: readonly [string, ...string[]];
  /** What the rendering itself needs in the image. */
  readonly takes: readonly Requirement[];
}

/** A time-out as the script takes it; without one of its own, that of `stage-one.device-timeout`. */
export function secondsWord(seconds: number | undefined): string {
  if (seconds === undefined) return "default";
  return Number.isFinite(seconds) ? String(Math.ceil(seconds)) : "infinity";
}

/** Parts in the order in which they stand in the script, between its head and its tail. */
export const scriptParts = [
  "device",
  "module",
  "sysctl",
  "network",
  "console",
  "prompt",
  "ssh",
  "secret",
  "credential",
  "luks",
  "verity",
  "integrity",
  "memory",
  "raid",
  "lvm",
  "hibernation",
  "mount",
  "overlay",
  "share",
  "volatile",
  "members",
  "bcachefs",
  "btrfs",
  "zfs",
  "remote",
] as const;
export type ScriptPart = (typeof scriptParts)[number];
