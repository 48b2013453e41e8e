import { shortOrigin, type Origin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import { secondsWord, type ScriptPart, type ScriptedRendering } from "../../stage-one/scripted/rendering.ts";
import type { DeclaredFilesystem } from "./declared.ts";
import { mountOptions } from "./options.ts";

/** A mount below /sysroot, with the check before it. */
export function scriptMount(
  path: string,
  declared: DeclaredFilesystem,
  checker: string | undefined,
  origin: Origin,
  target: Target,
): Verdict<ScriptedRendering> {
  const options = mountOptions(declared).join(",");
  if (declared.type === "tmpfs") return script(["mount_tmpfs", path, options]);
  if (declared.type === "bind") return script(["mount_bind", path, declared.source ?? path, options]);
  const seconds = secondsWord(declared["device-timeout"]);
  if (declared.type === "bcachefs") {
    const devices = declared.devices ?? (declared.device === undefined ? [] : [declared.device]);
    const call = [
      "mount_bcachefs",
      path,
      options,
      seconds,
      shortOrigin(origin),
      ...devices.map(({ spec }) => spec),
    ] as const;
    return script(call, [], ["prompt", "bcachefs"]);
  }
  if (declared.dataset !== undefined) {
    const takes = ["zfs", "mount.zfs"].map((name): Requirement => ({ is: "program", name, why: "mounts of zfs" }));
    return script(["mount_zfs", path, declared.dataset, options, shortOrigin(origin)], takes, ["prompt", "zfs"]);
  }
  if (checker !== undefined && !target.hasProgram(checker)) {
    return { can: false, because: `the sysroot has no ${checker}`, hint: "install it there, or set fsck = false" };
  }
  return script(
    [
      "mount_filesystem",
      path,
      declared.device?.spec ?? "",
      declared.type,
      options,
      checker === undefined ? "" : target.programPath(checker),
      seconds,
      shortOrigin(origin),
    ],
    checker === undefined ? [] : [{ is: "program", name: checker, why: "file system check" }],
  );
}

function script(
  call: readonly [string, ...string[]],
  takes: readonly Requirement[] = [],
  parts: readonly ScriptPart[] = [],
): Verdict<ScriptedRendering> {
  return { can: true, rendering: { parts: ["device", "mount", ...parts], call, takes } };
}
