import type { Requirement } from "../../plan/requirement.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import type { ScriptedRendering } from "../../stage-one/scripted/rendering.ts";
import type { SetupFiles } from "./setup-files.ts";
import { kbdPrograms } from "./kbd-programs.ts";

export function scriptSetup(files: SetupFiles, target: Target): Verdict<ScriptedRendering> {
  const { wanted, missing } = kbdPrograms(files, target);
  if (missing !== undefined) return missing;
  return {
    can: true,
    rendering: {
      parts: ["console"],
      call: ["set_console", files.keymap ?? "", files.font ?? ""],
      takes: wanted.map((name): Requirement => ({ is: "program", name, why: "keymap and font" })),
    },
  };
}
