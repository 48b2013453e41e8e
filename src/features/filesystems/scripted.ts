import { shortOrigin, type Origin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import { secondsWord, type ScriptedRendering } from "../../stage-one/scripted/rendering.ts";
import type { DeclaredFilesystem } from "./filesystems.ts";

/** A mount below /sysroot, with the check before it. */
export function scriptMount(
  path: string,
  declared: DeclaredFilesystem,
  checker: string | undefined,
  origin: Origin,
  target: Target,
): Verdict<ScriptedRendering> {
  const options = declared.options.join(",");
  if (declared.type === "tmpfs") return script(["mount_tmpfs", path, options]);
  if (declared.type === "bind") return script(["mount_bind", path, declared.source ?? path, options]);
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
      secondsWord(declared["device-timeout"]),
      shortOrigin(origin),
    ],
    checker === undefined ? [] : [{ is: "program", name: checker, why: "file system check" }],
  );
}

function script(call: readonly [string, ...string[]], takes: readonly Requirement[] = []): Verdict<ScriptedRendering> {
  return { can: true, rendering: { parts: ["device", "mount"], call, takes } };
}
